"use strict";
// The village: draws one of several worlds month by month into an element. Used by the page that `remesa village`
// writes and by the live page; it asks for nothing and keeps its state in the address.
window.remesaVillage = function (root, data) {
  const SVG = "http://www.w3.org/2000/svg";
  const WAYS = {
    e: ["works in a firm or for the authority", "#0072b2"], o: ["works on own account", "#009e73"],
    u: ["looks for work", "#d55e00"], i: ["at home, not looking for work", "#69717a"],
    s: ["at school", "#a34f80"], c: ["child", "#b9a3c4"],
    t: ["away in the city", "#69717a"], a: ["away in another country", "#69717a"],
  };
  const before = root.remesaState || {};
  if (before.stop) before.stop();
  root.innerHTML = `
    <div class="controls screen">
      <div><label for="month">Month <span id="month-said">0</span></label>
        <div class="time"><button id="play" type="button">Play</button><input id="month" type="range" min="0" value="0" step="1"></div></div>
      <div><label for="world">Which village</label><select id="world"></select></div>
    </div>
    <p id="paper-said" class="paper"></p>
    <p id="arrow-said" class="quiet" aria-live="polite"></p>
    <div class="stage">
      <div>
        <svg id="scene" role="group" aria-label="The village: houses with the people at home, the city and another country with those away"></svg>
        <ul class="legend" aria-label="What the signs mean" id="legend"></ul>
        <p class="quiet">A ring is a woman, a full disc a man; children are small. A yellow coin on a roof is what the household received from those away this month: twice the area, twice the money. A pale house: everybody is away. All amounts are in coins; a month of basic work pays about 100.</p>
      </div>
      <section id="panel" aria-live="polite" aria-label="The household that is chosen"><h2>Choose a house</h2><p class="quiet">Click one, or move to it with the Tab key and press Enter.</p></section>
    </div>
    <h2>What happens in the village</h2>
    <p class="quiet">Blue: the village that is shown. Grey, where an arrow is off: the village as it is. The orange line is the month. Each scale runs from the lowest to the highest value shown, not from zero.</p>
    <div class="charts" id="charts"></div>`;
  const byId = (id) => root.querySelector("#" + id);
  const scene = byId("scene"), slider = byId("month"), choice = byId("world"), panel = byId("panel");
  let month = before.month || 0, key = data.shown || "", chosen = -1, timer = null;
  slider.max = data.months;
  data.choices.forEach(([value, title]) => { const option = document.createElement("option"); option.value = value; option.textContent = title; choice.appendChild(option); });

  function make(name, attributes, parent, text) {
    const made = document.createElementNS(name === "li" || name === "p" || name === "ul" || name === "h2" || name === "h3" ||
      name === "div" || name === "b" || name === "span" ? "http://www.w3.org/1999/xhtml" : SVG, name);
    for (const [k, value] of Object.entries(attributes || {})) made.setAttribute(k, value);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }
  const world = () => data.worlds[key];
  const homeOf = (person, at) => person.h.reduce((found, [begun, home]) => begun <= at ? home : found, -1);
  const members = (at) => {
    const found = world().homes.map(() => []);
    world().people.forEach((person, k) => {
      if (person.s[at] !== ".") { const home = homeOf(person, at); if (home >= 0) found[home].push(k); }
    });
    return found;
  };
  const coins = (value) => Math.round(value).toLocaleString("en");
  const richest = Math.max(1, ...Object.values(data.worlds).flatMap((one) => one.homes.flatMap((home) => home.r)));
  const wide = (money) => Math.max(2, 15 * Math.sqrt(money / richest)); // radius of a coin: its area is the money
  const crowds = {}; // most people away at once, by world and place: the boxes keep their height through the months
  function crowd(state) {
    const name = `${key} ${state}`;
    if (!(name in crowds)) {
      const counts = new Array(data.months + 1).fill(0);
      world().people.forEach((one) => { for (let at = 0; at < counts.length; at += 1) if (one.s[at] === state) counts[at] += 1; });
      crowds[name] = Math.max(...counts);
    }
    return crowds[name];
  }

  // ---- the village drawn

  function grid() {
    const narrow = window.matchMedia("(max-width: 600px)").matches;
    const columns = narrow ? 5 : 8, wide = narrow ? 430 : 880, cell = wide / columns, tall = narrow ? 104 : 112;
    return { narrow, columns, wide, cell, tall };
  }
  function ground(g, top, rows) {
    for (let row = 0; row < rows; row += 1) {
      const y = top + (row + 1) * g.tall - 9;
      make("path", { d: `M8,${y} q${g.wide / 4},${row % 2 ? 9 : -9} ${g.wide / 2},0 t${g.wide / 2 - 16},0`, fill: "none", stroke: "#f1e6d0", "stroke-width": 9, "stroke-linecap": "round" }, scene);
      for (let k = 0; k < (g.narrow ? 2 : 4); k += 1) {
        const x = ((row * 7 + k * 11) % g.columns) * g.cell + (k % 2 ? 3 : g.cell - 3), ty = y - 58 - ((row * 13 + k * 29) % 17);
        make("circle", { cx: x, cy: ty, r: 8, fill: "#cfdcc0" }, scene);
        make("path", { d: `M${x},${ty + 4} v12`, stroke: "#c2b295", "stroke-width": 2.5 }, scene);
      }
    }
  }
  function person(parent, one, at, x, y) {
    const state = one.s[at], small = state === "c", colour = WAYS[state][1], radius = small ? 3.2 : 5;
    make("circle", { cx: x, cy: y, r: radius, stroke: colour, "stroke-width": 2.4, fill: one.w && !small ? "#faf7f0" : colour }, parent);
  }
  function house(parent, x, y, empty) {
    make("path", { d: `M${x - 22},${y} l22,-20 l22,20 z`, fill: empty ? "#ded6c8" : "#b98d5d" }, parent);
    make("rect", { x: x - 16, y, width: 32, height: 20, fill: empty ? "#efeae0" : "#e6cfa8" }, parent);
    make("rect", { x: x - 4, y: y + 7, width: 8, height: 13, fill: empty ? "#ded6c8" : "#7d5a36" }, parent);
  }
  function draw() {
    const held = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.home : undefined;
    const g = grid(), inside = members(month), homes = world().homes;
    while (scene.firstChild) scene.removeChild(scene.firstChild);
    const places = [["t", "In the city", g.narrow ? g.wide / 2 - 9 : 220], ["a", "In another country", g.narrow ? g.wide / 2 - 9 : 390]];
    const per = (w) => Math.floor((w - 20) / 13);
    const tall = Math.max(g.narrow ? 62 : 90, ...places.map(([state, , w]) => 34 + 13 * Math.ceil(crowd(state) / per(w))));
    const rows = Math.ceil(homes.length / g.columns), top = 22 + tall + (g.narrow ? 50 : 0), high = top + rows * g.tall + 6;
    scene.setAttribute("viewBox", `0 0 ${g.wide} ${high}`);
    ground(g, top, rows);
    // places elsewhere
    const price = world().series.price_ratio[month], total = world().series.received[month];
    places.forEach(([state, title, w], k) => {
      const x = g.narrow ? 6 + k * (g.wide / 2 + 1) : (k ? 240 : 10), away = world().people.filter((one) => one.s[month] === state);
      make("rect", { x, y: 10, width: w, height: tall, rx: 6, fill: k ? "#e3edf5" : "#eeeae2", stroke: "#c9d3dc" }, scene);
      make("text", { x: x + 9, y: 28, "font-size": 14, "font-weight": 600 }, scene, `${title}: ${away.length}`);
      away.forEach((one, n) => person(scene, one, month, x + 15 + (n % per(w)) * 13, 43 + Math.floor(n / per(w)) * 13));
    });
    const market = make("g", { role: "img", "aria-label": `Local goods cost ${price.toFixed(2)} times as much as goods from outside; ${coins(total)} coins arrived this month` }, scene);
    const mx = g.narrow ? 8 : 644, my = g.narrow ? tall + 28 : 28;
    make("text", { x: mx, y: my, "font-size": 14, "font-weight": 600 }, market, "Market");
    (g.narrow ? [[62, 0, `local goods cost ${price.toFixed(2)} (from outside: 1)`], [62, 20, `${coins(total)} coins arrived this month`]]
      : [[0, 22, `local goods cost ${price.toFixed(2)}`], [0, 40, "(goods from outside: 1)"], [0, 64, `${coins(total)} coins arrived this month`]])
      .forEach(([right, down, said]) => make("text", { x: mx + right, y: my + down, "font-size": 14 }, market, said));
    make("circle", { cx: g.wide - (g.narrow ? 96 : 100), cy: my + (g.narrow ? 15 : -5), r: wide(500), fill: "#f0c419", stroke: "#8a6d00" }, market);
    make("text", { x: g.wide - (g.narrow ? 82 : 86), y: my + (g.narrow ? 20 : 0), "font-size": 14 }, market, "500 coins");
    // houses
    homes.forEach((home, k) => { // every household keeps its place, whoever else comes and goes
      if (!inside[k].length) return;
      const row = Math.floor(k / g.columns), column = k % g.columns;
      const x = (column + 0.5) * g.cell + ((k * 37) % 11 - 5), y = top + row * g.tall + 34 + ((k * 53) % 5);
      const here = inside[k].map((p) => world().people[p]).filter((one) => "ta".indexOf(one.s[month]) < 0);
      const gone = inside[k].length - here.length, money = homes[k].r[month] || 0;
      const label = `Household ${homes[k].n}: ${here.length} at home, ${gone} away, ${money > 0 ? coins(money) + " coins received" : "nothing received"}`;
      const one = make("g", { class: "home" + (k === chosen ? " chosen" : ""), role: "button", tabindex: 0, "aria-label": label, "aria-pressed": k === chosen, "data-home": k }, scene);
      make("title", {}, one, label);
      house(one, x, y, here.length === 0);
      if (money > 0) make("circle", { cx: x + 19, cy: y - 13, r: wide(money), fill: "#f0c419", stroke: "#8a6d00" }, one);
      const inRow = g.narrow ? 6 : 8, most = 2 * inRow;
      here.slice(0, most).forEach((p, q) => {
        const line = Math.floor(q / inRow), inLine = Math.min(inRow, Math.min(here.length, most) - line * inRow);
        person(one, p, month, x + ((q % inRow) - (inLine - 1) / 2) * 12.6, y + 43 + line * 13);
      });
      if (here.length > most) make("text", { x, y: y + 71, "font-size": 11, "text-anchor": "middle" }, one, `and ${here.length - most} more`);
      make("text", { x, y: y + 33, "font-size": 13, "text-anchor": "middle", fill: "#3f4a55" }, one, home.n.split(" ").pop());
      make("rect", { class: "ring", x: x - g.cell / 2 + 6, y: y - 31, width: g.cell - 12, height: g.tall - 13, rx: 8 }, one);
      if (held === String(k)) one.focus();
    });
  }
  function legend() {
    Object.entries(WAYS).filter(([state]) => "ta".indexOf(state) < 0).forEach(([, [title, colour]]) => {
      const item = make("li", {}, byId("legend")), picture = make("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, item);
      make("circle", { cx: 6, cy: 6, r: 5, fill: colour }, picture);
      item.appendChild(document.createTextNode(title));
    });
  }

  // ---- one household

  function describe() {
    if (chosen < 0 || !world().homes[chosen]) return;
    const home = world().homes[chosen], inside = members(month)[chosen], money = home.r[month] || 0, kept = panel.querySelector(".tale");
    while (panel.firstChild) panel.removeChild(panel.firstChild);
    make("h2", {}, panel, `Household ${home.n}`);
    make("p", { class: "quiet" }, panel, home.t > 0 ? `Here since month ${home.t}.` : "Here from the beginning.");
    make("p", {}, panel, money > 0 ? `Received this month: ${coins(money)} coin${money === 1 ? "" : "s"}.` : "Received nothing this month.");
    if (!inside.length) make("p", {}, panel, "Nobody belongs to it this month.");
    const list = make("ul", {}, panel);
    inside.map((k) => world().people[k]).sort((a, b) => a.b - b.b).forEach((one) => {
      const item = make("li", {}, list), picture = make("svg", { viewBox: "0 0 14 12", width: 14, height: 12, "aria-hidden": "true" }, item);
      person(picture, one, month, 6, 6);
      item.appendChild(document.createTextNode(` ${one.n}, ${Math.floor((month - one.b) / 12)}: ${WAYS[one.s[month]][0]}`));
    });
    make("h3", {}, panel, "Its story");
    const tale = make("ul", { class: "tale", tabindex: 0, "aria-label": "Story" }, panel);
    world().stories.filter(([, , at]) => at === chosen).forEach(([when, , , said]) => {
      const item = make("li", { class: when > month ? "later" : when === month ? "now" : "" }, tale);
      make("b", {}, item, `Month ${when}: `);
      item.appendChild(document.createTextNode(said));
    });
    if (!tale.querySelector("li:not(.later)")) make("li", {}, tale, month ? "Nothing was decided anew so far." : "It begins now: move on through the months.");
    const now = tale.querySelector(".now");
    if (now) tale.scrollTop = now.offsetTop - tale.offsetTop; else tale.scrollTop = kept ? tale.scrollHeight : 0;
  }

  // ---- the whole village over time

  function charts() {
    const box = byId("charts"), base = data.worlds[""].series;
    while (box.firstChild) box.removeChild(box.firstChild);
    data.charts.forEach(([name, title, unit]) => {
      const own = world().series[name], all = key ? own.concat(base[name]) : own;
      const low = Math.min(...all), high = Math.max(...all), span = high - low || 1, places = all.every(Number.isInteger) ? 0 : high - low < 0.5 || high < 3 ? 2 : high < 100 ? 1 : 0;
      const x = (k) => 42 + 192 * k / data.months, y = (v) => 64 - 54 * (v - low) / span;
      const said = (value) => value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
      const line = (values) => values.map((v, k) => `${k ? "L" : "M"}${x(k).toFixed(1)},${y(v).toFixed(1)}`).join("");
      const card = make("div", { class: "chart" }, box);
      make("h3", {}, card, title);
      make("p", { class: "quiet" }, card, unit);
      const picture = make("svg", { viewBox: "0 0 240 84", role: "img", "aria-label": `${title}, month 0 to ${data.months}: from ${said(own[0])} to ${said(own[own.length - 1])}` }, card);
      [[high, 13], [low, 67]].forEach(([value, at]) => make("text", { x: 36, y: at, "font-size": 10.5, fill: "#59636e", class: "end", "text-anchor": "end" }, picture, said(value)));
      [["start", 0, "month 0"], ["end", data.months, String(data.months)]].forEach(([anchor, at, words]) => make("text", { x: x(at), y: 81, "font-size": 10.5, fill: "#59636e", "text-anchor": anchor }, picture, words));
      make("line", { x1: x(month), x2: x(month), y1: 4, y2: 70, stroke: "#e69f00", "stroke-width": 2 }, picture);
      if (key) make("path", { d: line(base[name]), fill: "none", stroke: "#8d959e", "stroke-width": 1.8 }, picture);
      make("path", { d: line(own), fill: "none", stroke: "#0072b2", "stroke-width": 2 }, picture);
      make("p", { class: "said" }, card, `Month ${month}: ${said(own[month])}` + (key ? `; as it is: ${said(base[name][month])}` : ""));
    });
  }

  // ---- what one can do

  function show() {
    byId("month-said").textContent = `${month} of ${data.months}`;
    byId("paper-said").textContent = `Month ${month} of ${data.months}. ${data.choices.find(([value]) => value === key)[1]}.`;
    slider.value = month;
    draw(); describe(); charts();
  }
  function stop() { panel.setAttribute("aria-live", "polite"); if (timer) { clearInterval(timer); timer = null; byId("play").textContent = "Play"; } }
  let later = null;
  function remember() {
    if (data.live) return; // the live page keeps its own address
    clearTimeout(later);
    later = setTimeout(note, 150); // browsers refuse an address that changes many times a second
  }
  function note() {
    try { history.replaceState(null, "", `#month=${month}&without=${key}&home=${chosen}`); } catch (error) { /* a file that may not: nothing is lost */ }
  }
  function recall() {
    const asked = new URLSearchParams(location.hash.slice(1)), at = Number(asked.get("month")), home = Number(asked.get("home") || -1);
    if (Number.isInteger(at) && at >= 0 && at <= data.months) month = at;
    if (Object.prototype.hasOwnProperty.call(data.worlds, asked.get("without") || "")) key = asked.get("without") || "";
    if (Number.isInteger(home) && home >= -1 && home < world().homes.length) chosen = home;
    choice.value = key;
  }
  function tellArrow() { byId("arrow-said").textContent = key ? data.choices.find(([value]) => value === key)[2] + (world().same ? " " + data.none : "") : ""; }
  function choose(target) {
    const home = target.closest ? target.closest(".home") : null;
    if (!home) return;
    chosen = Number(home.dataset.home);
    show(); remember();
    const again = scene.querySelector(`[data-home="${chosen}"]`);
    if (again) again.focus();
    if (window.matchMedia("(max-width: 860px)").matches) panel.scrollIntoView({ block: "start" });
  }
  slider.addEventListener("input", () => { stop(); month = Number(slider.value); show(); remember(); });
  choice.addEventListener("change", () => {
    const name = chosen >= 0 ? world().homes[chosen].n : "";
    key = choice.value;
    chosen = name ? world().homes.findIndex((home) => home.n === name) : -1;
    tellArrow(); show(); remember();
  });
  scene.addEventListener("click", (event) => choose(event.target));
  scene.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(event.target); }
  });
  byId("play").addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (month >= data.months) month = 0;
    byId("play").textContent = "Pause";
    panel.setAttribute("aria-live", "off");
    timer = setInterval(() => { if (month >= data.months) { stop(); remember(); return; } month += 1; show(); }, 700);
  });
  window.matchMedia("(max-width: 600px)").addEventListener("change", show);
  if (before.home) chosen = world().homes.findIndex((home) => home.n === before.home);
  root.remesaState = { stop, get month() { return month; }, get home() { return chosen >= 0 ? world().homes[chosen].n : ""; } };
  if (!data.live) recall();
  choice.value = key;
  legend(); tellArrow(); show();
};

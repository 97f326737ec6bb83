// Native lists of choices tell the page what was chosen: browsers and screen readers know them best.
document.addEventListener("change", function (event) {
    var list = event.target;
    if (list.matches && list.matches("select[data-store]") && window.dash_clientside) {
        window.dash_clientside.set_props(list.dataset.store, { data: list.value });
    }
});

// A switch turns at once and tells the page which are off.
document.addEventListener("click", function (event) {
    var one = event.target.closest && event.target.closest("button[data-arrow]");
    if (!one || !window.dash_clientside) { return; }
    one.setAttribute("aria-checked", one.getAttribute("aria-checked") === "true" ? "false" : "true");
    var off = Array.prototype.slice.call(document.querySelectorAll("button[data-arrow][aria-checked=false]"));
    window.dash_clientside.set_props("village-off", { data: off.map(function (b) { return b.dataset.arrow; }) });
});

// What only the browser can know or do; the server checks everything it is told.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.remesa = {
    // a slider takes what is left of the budget and no more
    divide: function () {
        var values = Array.prototype.slice.call(arguments).map(function (v) { return parseInt(v, 10) || 0; });
        var moved = window.dash_clientside.callback_context.triggered.map(function (t) { return t.prop_id.split(".")[0]; });
        var names = window.dash_clientside.callback_context.inputs_list.map(function (i) { return i.id; });
        var k = names.indexOf(moved[0]);
        var others = values.reduce(function (sum, v, j) { return j === k ? sum : sum + v; }, 0);
        var none = window.dash_clientside.no_update;
        return names.map(function (name, j) {
            return j === k && values[j] + others > 100 ? Math.max(0, 100 - others) : none;
        });
    },
    pressed: function () {
        var id = window.dash_clientside.callback_context.triggered_id;
        return id ? id.split("-").slice(1).join("-") : window.dash_clientside.no_update;
    },
    marked: function (view, world) {
        document.querySelectorAll("button.choice").forEach(function (button) {
            var on = button.id === "view-" + view || button.id === "world-" + world;
            button.setAttribute("aria-pressed", on ? "true" : "false");
        });
        return window.dash_clientside.no_update;
    },
    address: function (query) {
        if (window.location.pathname === "/" && query !== window.location.search) {
            window.history.replaceState(null, "", window.location.pathname + query);
        }
        return window.dash_clientside.no_update;
    },
    copy: function () {
        var link = window.location.href;
        try {
            return navigator.clipboard.writeText(link).then(
                function () { return "The link is copied."; },
                function () { return "Copy it from here: " + link; });
        } catch (error) {
            return "Copy it from here: " + link;
        }
    }
};

// A slider has no text to select: asked to, it does nothing.
(function () {
    var select = HTMLInputElement.prototype.setSelectionRange;
    HTMLInputElement.prototype.setSelectionRange = function () {
        if (/^(text|search|url|tel|password)$/.test(this.type)) { select.apply(this, arguments); }
    };
})();

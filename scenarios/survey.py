"""A user's survey file: opened here, read and checked by `sim.survey`."""

from __future__ import annotations

import csv
import pathlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.survey import People
    from sim.territory import Inputs

LARGEST = 2_000_000_000  # bytes
SEPARATORS = (",", ";", "\t")


def open_survey(path: str | pathlib.Path, inputs: Inputs, population: int, seed: int) -> People:
    """People of a survey file, checked; columns and rules stand in `sim.survey`.

    Parameters
    ----------
    path : path
        A text file in UTF-8 with commas, semicolons or tabs between fields and the columns' names first.
    inputs : Inputs
        Inputs of the place.
    population : int
        Persons to draw where the survey has weights.
    seed : int
        Of the run.

    Raises
    ------
    SurveyError
        Where there is no such file, it cannot be read, or a row cannot be used.
    """
    from sim.streams import Streams
    from sim.survey import SurveyError, read_survey

    file = pathlib.Path(path).expanduser()
    where = file.name
    try:
        if not file.is_file():
            raise SurveyError(f"there is no file {file}; give the path of a survey with one row per person")
        if file.stat().st_size > LARGEST:
            raise SurveyError(f"{file} has {file.stat().st_size:,} bytes; at most {LARGEST:,} are read")
        with file.open(encoding="utf-8-sig", newline="") as text:
            header = text.readline()
            separator = max(SEPARATORS, key=header.count)
            text.seek(0)
            return read_survey(
                csv.reader(text, delimiter=separator, strict=True), inputs, population, Streams(seed), where
            )
    except UnicodeDecodeError as error:
        raise SurveyError(f"{where}: byte {error.start} is not UTF-8; save the file in UTF-8") from None
    except csv.Error as error:
        raise SurveyError(f"{where} is not a table of text ({error}); check quotes and line ends") from None
    except OSError as error:
        raise SurveyError(f"{file} cannot be read: {error.strerror}") from None

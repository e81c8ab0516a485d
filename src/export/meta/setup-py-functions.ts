/** What the Python script does with its numbers and the codebook, the same in every release. */
export const PY_FUNCTIONS = String.raw`
import json
import sys
from functools import lru_cache
from pathlib import Path

import pandas as pd

ENDINGS = ("csv", "parquet", "dta")


@lru_cache(maxsize=None)
def codebook():
    """All that codebook.json says."""
    return json.loads(Path("codebook.json").read_text(encoding="utf-8"))


def _file(name):
    for file in codebook()["files"]:
        if file["file"] == name:
            return file
    raise KeyError(f"This release has no file {name}. It has: " + ", ".join(CHECKS))


def _words(texts, language):
    order = [language, *codebook()["locales"]]
    return next((texts[each] for each in order if texts.get(each)), "")


def _read(name):
    """The cells as they are: reasons as their negative codes."""
    for ending in ENDINGS:
        path = Path(f"{name}.{ending}")
        if not path.exists():
            continue
        if ending == "csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
        if ending == "parquet":
            return pd.read_parquet(path)
        kept = {"convert_categoricals": False, "convert_dates": False, "convert_missing": True}
        return _from_stata(pd.read_stata(path, **kept), _file(name))
    raise FileNotFoundError(f"There is no {name}.csv, .parquet or .dta here: go to the release's folder first.")


def _from_stata(data, file):
    """Missing letters as the codes of reasons; days, months and milliseconds since 1960 as dates."""
    for variable in file["variables"]:
        name = variable["name"]
        if variable["type"] == "string":
            continue
        codes = {reason["stata"]: reason["code"] for reason in variable["missing"]}
        if data[name].dtype == object:
            is_reason = data[name].map(lambda cell: isinstance(cell, pd.io.stata.StataMissingValue))
            data[name] = pd.to_numeric(data[name].where(~is_reason, data[name].map(lambda cell: codes.get(str(cell)))))
        if variable["type"] == "date":
            data[name] = pd.to_datetime(data[name], unit="D", origin="1960-01-01")
        elif variable["type"] == "month":
            data[name] = data[name].map(_month, na_action="ignore")
        elif variable["type"] == "datetime":
            data[name] = pd.to_datetime(data[name], unit="ms", origin="1960-01-01")
    return data


def _month(months):
    return pd.Timestamp(int(1960 + months // 12), int(months % 12 + 1), 1)


def _time(column):
    """Days, months (their first day) and instants, of no time zone."""
    return pd.to_datetime(column)


def _categories(column, variable, language):
    """Words for codes; codes with the same words keep their number, so that they stay apart."""
    words = {}
    for value in variable["values"]:
        text = _words(value["label"], language) or str(value["code"])
        while text in words.values():
            text += f" ({value['code']})"
        words[value["code"]] = text
    for code in sorted(set(column.dropna()) - set(words)):
        words[code] = f"{code:.15g}"
    kind = pd.CategoricalDtype(list(words.values()), ordered=variable["measure"] == "ordinal")
    return column.map(words).astype(kind)


def load(name, labels="main", columns=None):
    """A file of the release as a data frame.

    Coded variables are categoricals in the language of labels ("main": the release's first); labels=None leaves codes.
    A cell without a value is NA whatever the reason, which reasons() tells. attrs["labels"] has the words of each variable.
    """
    language = codebook()["locales"][0] if labels == "main" else labels
    if language is not None and language not in codebook()["locales"]:
        raise ValueError(f"There are no labels in {language}. Choose one of: " + ", ".join(codebook()["locales"]))
    raw = _read(name)
    made = {}
    for variable in _file(name)["variables"]:
        of = variable["name"]
        if columns is not None and of not in columns:
            continue
        column = raw[of]
        if variable["type"] == "numeric":
            column = pd.to_numeric(column)
            column = column.mask(column.isin([reason["code"] for reason in variable["missing"]]))
            if language is not None and variable.get("values"):
                column = _categories(column, variable, language)
        elif variable["type"] != "string":
            column = _time(column)
        made[of] = column
    data = pd.DataFrame(made)
    data.attrs["labels"] = {
        variable["name"]: _words(variable["label"], language) for variable in _file(name)["variables"] if variable["name"] in made
    }
    return data


def reasons(name, labels="main"):
    """Why cells have no value: of each numeric variable the words of the reason, NA where there is a value or nothing is known."""
    language = codebook()["locales"][0] if labels == "main" else labels
    raw = _read(name)
    made = {}
    for variable in _file(name)["variables"]:
        if variable["missing"]:
            words = {reason["code"]: _words(reason["label"], language) for reason in variable["missing"]}
            kind = pd.CategoricalDtype(list(dict.fromkeys(words.values())))
            made[variable["name"]] = pd.to_numeric(raw[variable["name"]]).map(words).astype(kind)
    return pd.DataFrame(made, index=raw.index)


def check(name):
    """What of a file is not as it was released; nothing where all is."""
    rows, key, numbers = CHECKS[name]
    data = load(name, labels=None)
    wrong = []
    if len(data) != rows:
        wrong.append(f"it has {len(data)} rows and should have {rows}")
    if data.duplicated(key).any():
        wrong.append("its key is not unique")
    for variable, (valid, mean) in numbers.items():
        column = data[variable].dropna()
        if len(column) != valid or abs(column.mean() - mean) > 1e-6 * max(1, abs(mean)):
            wrong.append(f"the numbers of {variable} differ")
    return wrong


def main():
    failed = False
    for name in CHECKS:
        if not any(Path(f"{name}.{ending}").exists() for ending in ENDINGS):
            continue
        wrong = check(name)
        failed = failed or bool(wrong)
        print(f"{name}: " + ("; ".join(wrong) if wrong else f"{CHECKS[name][0]} rows, as it should be"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
`;

"""Reads a release's folder with Python's csv and pandas, counts again all that its codebooks say, and checks its Data Package.

Prints one line of JSON: what is wrong, how much was compared, and the cells of each CSV file as they stand there.
Arguments: the folder; then, of a public file, the least size of a group and the variables that identify people."""
import csv
import hashlib
import json
import re
import sys
import xml.etree.ElementTree as tree
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

csv.field_size_limit(2**24)
folder = Path(sys.argv[1])
wrong = []
compared = Counter()


def see(is_right, *what):
    if not is_right:
        wrong.append(" ".join(str(each) for each in what)[:500])


def number(text):
    value = float(text)
    return int(value) if value.is_integer() else value


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


# Every file is the one whose sum stands in the list, and none is missing from it.
sums = dict(reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
for path in folder.iterdir():
    if path.name != "SHA256SUMS":
        see(sums.get(path.name) == hashlib.sha256(path.read_bytes()).hexdigest(), path.name, "has another sum")
see(set(sums) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}, "files in SHA256SUMS")

codebook = json.loads((folder / "codebook.json").read_text(encoding="utf-8"))
cells = {}
counts = {}
for file in codebook["files"]:
    name = file["file"]
    header, *rows = rows_of(folder / f"{name}.csv")
    cells[name] = {variable: [row[at] for row in rows] for at, variable in enumerate(header)}
    frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
    see(list(frame.columns) == header and frame.values.tolist() == rows, name, "pandas reads other cells than csv")
    see(header == [variable["name"] for variable in file["variables"]], name, "columns")
    see(len(rows) == file["rows"], name, "rows")
    see(not frame.duplicated(file["key"]).any(), name, "key is not unique")
    see(not (frame[file["key"]] == "").any(axis=None), name, "key is empty somewhere")
    for variable in file["variables"]:
        column = frame[variable["name"]]
        told = f"{name}.{variable['name']}:"
        filled = column[column != ""]
        see(variable["filled"] == len(filled), told, "filled", variable["filled"], len(filled))
        see(variable["empty"] == len(column) - len(filled), told, "empty")
        is_number = variable["type"] == "numeric"
        count = Counter(map(number, filled) if is_number else filled)
        counts[name, variable["name"]] = (count, len(column) - len(filled))
        reasons = {reason["code"] for reason in variable["missing"]}
        for reason in variable["missing"]:
            compared["reasons" if reason["count"] else "reasons of nobody"] += 1
            see(count[reason["code"]] == reason["count"], told, "reason", reason["code"])
        declared = {value["code"] for value in variable.get("values", [])}
        for value in variable.get("values", []):
            compared["codes" if value["count"] else "codes of nobody"] += 1
            see(count[value["code"]] == value["count"], told, "code", value["code"])
        valid = {code: many for code, many in count.items() if code not in reasons}
        see(variable["valid"] == sum(valid.values()), told, "valid")
        undeclared = {each["code"]: each["count"] for each in variable.get("undeclared", [])}
        others = {code: many for code, many in valid.items() if code not in declared} if is_number else {}
        see(all(others.get(code) == many for code, many in undeclared.items()), told, "undeclared codes")
        if declared:
            rest = sum(others.values()) - sum(undeclared.values())
            see(rest == variable.get("more", 0), told, "further codes")
        if "words" in variable:
            compared["words"] += 1
            see({each["word"]: each["count"] for each in variable["words"]} == dict(count), told, "words")
        if "statistics" in variable:
            compared["statistics"] += 1
            of = variable["statistics"]
            numbers = pd.Series([code for code, many in valid.items() for _ in range(many)], dtype=float)
            close = lambda one, other: abs(one - other) <= 1e-9 * max(1, abs(other))
            see(close(of["mean"], numbers.mean()), told, "mean")
            see(of["min"] == numbers.min() and of["max"] == numbers.max(), told, "bounds")
            see(close(of["sd"], numbers.std()) if len(numbers) > 1 else of["sd"] is None, told, "deviation")

# DDI says the same numbers.
DDI = "{ddi:codebook:2_5}"
root = tree.parse(folder / "codebook.xml").getroot()
names = {file.get("ID"): file.find(f"{DDI}fileTxt/{DDI}fileName").text for file in root.iter(f"{DDI}fileDscr")}
see(sorted(names.values()) == sorted(cells), "DDI: files")
for variable in root.iter(f"{DDI}var"):
    name = names[variable.get("files")]
    count, empty = counts[name, variable.get("name")]
    compared["variables of DDI"] += 1
    for category in variable.findall(f"{DDI}catgry"):
        value, many = category.find(f"{DDI}catValu").text or "", int(category.find(f"{DDI}catStat").text)
        is_number = variable.find(f"{DDI}varFormat").get("type") == "numeric"
        there = empty if value == "" else count[number(value) if is_number else value]
        see(many == there, "DDI:", name, variable.get("name"), "category", value, many, there)
see(compared["variables of DDI"] == len(counts), "DDI: variables")


class Tables(HTMLParser):
    """The rows of each variable's table on the page."""

    def __init__(self):
        super().__init__()
        self.name, self.rows, self.cell, self.tables, self.is_name = None, [], None, {}, False

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "details" and attributes.get("class") == "v":
            self.name, self.rows = None, []
        elif tag == "code" and self.name is None:
            self.is_name = True
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append(self.cell)
            self.cell = None
        elif tag == "details" and self.name is not None:
            self.tables.setdefault(self.name, []).append(self.rows)
            self.name = None

    def handle_data(self, data):
        if self.is_name:
            self.name, self.is_name = data, False
        if self.cell is not None:
            self.cell += data


# So does the page: a line for each code, a column for each file that has the variable.
page = Tables()
page.feed((folder / "codebook.html").read_text(encoding="utf-8"))
for name, tables in page.tables.items():
    for header, *rows in tables:
        for at, head in enumerate(header[2:], 2):
            # A variable of the wide file alone stands there once a wave: "panel_wide: a_x".
            file, _, own = head.partition(": ")
            of = next((each for each in (own or name, f"{file[0]}_{name}") if (file, each) in counts), None)
            see(of is not None, "the page has", name, "in", file)
            count, _ = counts.get((file, of), (Counter(), 0))
            for row in rows:
                code = row[0].split(" ")[0]
                if re.fullmatch(r"-?\d+", code) and row[at] != "" and not isinstance(next(iter(count), 0), str):
                    compared["lines of the page"] += 1
                    see(count[int(code)] == int(row[at]), "the page:", file, of, code, row[at], count[int(code)])

# A Data Package's reader needs no more than its schema: types, missing values, keys.
package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
CAST = {
    "integer": int,
    "number": float,
    "string": str,
    "date": lambda text: re.fullmatch(r"\d{4}-\d\d-\d\d", text) and pd.Timestamp(text),
    "yearmonth": lambda text: re.fullmatch(r"\d{4}-\d\d", text) and pd.Timestamp(text),
    "datetime": lambda text: pd.Timestamp(text) if "T" in text else None,
}
described = {file["file"]: file["variables"] for file in codebook["files"]}
see({resource["name"] for resource in package["resources"]} == set(cells), "Data Package: resources")
for resource in package["resources"]:
    path = folder / resource["path"]
    see(resource["bytes"] == path.stat().st_size, path.name, "bytes")
    see(resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}", path.name, "hash")
    header, *rows = rows_of(path)
    fields = resource["schema"]["fields"]
    see(header == [field["name"] for field in fields], path.name, "fields")
    for at, field in enumerate(fields):
        missing = {each["value"] for each in field.get("missingValues", [{"value": ""}])}
        values = [row[at] for row in rows if row[at] not in missing]
        compared["fields"] += 1
        try:
            cast = [CAST[field["type"]](value) for value in values]
            see(None not in cast, path.name, field["name"], "is not", field["type"])
        except ValueError:
            see(False, path.name, field["name"], "is not", field["type"])
            continue
        given = {reason["code"] for reason in described[resource["name"]][at]["missing"]}
        see(missing == {""} | {str(code) for code in given}, path.name, field["name"], "missing values")
        asked = field.get("constraints", {})
        see(not asked.get("required") or len(values) == len(rows), path.name, field["name"], "is required")
        see(not asked.get("unique") or len(set(values)) == len(values), path.name, field["name"], "is not unique")
    key = [header.index(name) for name in resource["schema"]["primaryKey"]]
    see(len({tuple(row[at] for at in key) for row in rows}) == len(rows), path.name, "primary key is not unique")

# Within each file nobody stands in a group of fewer people by all that the files together tell of them. What
# was not answered tells nothing, and what is hidden no more than that: a text that is hidden is empty, too.
if len(sys.argv) > 2:
    least, identifying = int(sys.argv[2]), set(sys.argv[3:])
    known = {}
    people = {}
    for file in codebook["files"]:
        if file["key"] != ["pidp"] or file["file"].startswith("panel"):
            continue
        people[file["file"]] = cells[file["file"]]["pidp"]
        for variable in file["variables"]:
            plain = re.sub(r"^[a-z]_", "", variable["name"]).removeprefix("ff_")
            item = variable.get("item") if not re.search(r"_(mis|wave|age|txt|out|mode)$", plain) else None
            if plain not in identifying and item not in identifying:
                continue
            compared["identifying columns"] += 1
            nothing = {"", *(str(reason["code"]) for reason in variable["missing"])}
            for person, cell in zip(people[file["file"]], cells[file["file"]][variable["name"]]):
                known.setdefault(plain, {}).setdefault(person, set()).update({cell} - nothing)
    for name, persons in people.items():
        groups = Counter(tuple(frozenset(told.get(person, ())) for told in known.values()) for person in persons)
        see(not groups or min(groups.values()) >= least, name, "has a group of", min(groups.values(), default=0))

print(json.dumps({"wrong": wrong[:50], "compared": compared, "cells": cells}))

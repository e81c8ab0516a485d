import { onOneLine } from './description-text.js';
import { type FetchedRelease } from './fetch-r.js';

/**
 * The Python module that fetches files of a release by an analyst's token: the standard library and pandas. Labels come from the
 * codebook, in any language of the release. The same in every release, but for what is fetched where nothing else is named.
 */
export const fetchPy = ({ name, kind, file }: FetchedRelease): string =>
  `"""${onOneLine(name)} (${kind}): fetches files of a release by token, as labelled data frames. Needs Python 3.9 or later, and pandas.

Set two variables of the environment, so that the token stands in no script: ONWARD_URL=https://panel.example and ONWARD_TOKEN=onw_...
    from onward import fetch, reasons
    data = fetch("${file}", "${onOneLine(name)}", "${kind}", language="en")
    why = reasons("${file}", language="en")      of the same rows: why a cell has no value
Files are kept in a folder of yours, named by their digest. Each call asks whether they are still those of the release, deletes what is not,
as somebody was erased, and goes on with a download that broke off.
"""

FILE, RELEASE, KIND = "${file}", "${onOneLine(name)}", "${kind}"
${PY_BODY}`;

const PY_BODY = String.raw`
import hashlib
import json
import os
import re
import shutil
import sys
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pandas as pd


class FetchError(Exception):
    """What went wrong, and what to do."""


def fetch(file=FILE, release=RELEASE, kind=KIND, language=None, codes=False, **where):
    """A labelled data frame. Coded variables are categoricals, ordered where the codes are, or numbers (codes=True); attrs has all words.

    where: url, token (in place of the environment) and folder (in place of ~/.cache/onward).
    """
    path, variables, words = _fetched(file, release, kind, language, **where)
    data = pd.read_stata(path, convert_categoricals=False, preserve_dtypes=False)  # Stata's small integers would overflow
    data.attrs["variable_labels"] = {one["name"]: words(one["label"]) for one in variables}
    labels = {one["name"]: {value["code"]: words(value["label"]) for value in one.get("values", [])} for one in variables}
    data.attrs["value_labels"] = {name: coded for name, coded in labels.items() if coded}
    for one in variables:
        if one["type"] == "string":
            data[one["name"]] = data[one["name"]].mask(data[one["name"]] == "")
        elif labels[one["name"]] and not codes:
            data[one["name"]] = _categories(data[one["name"]], labels[one["name"]], one["measure"] == "ordinal")
    return data


def reasons(file=FILE, release=RELEASE, kind=KIND, language=None, **where):
    """Why cells have no value, in words: NA where there is a value, or nothing is known. Arguments as of fetch."""
    path, variables, words = _fetched(file, release, kind, language, **where)
    raw = pd.read_stata(path, convert_categoricals=False, convert_dates=False, convert_missing=True)
    why = {one["name"]: {reason["stata"]: words(reason["label"]) for reason in one["missing"]} for one in variables if one["missing"]}
    kinds = {name: pd.CategoricalDtype(list(dict.fromkeys(said.values()))) for name, said in why.items()}
    return pd.DataFrame({name: raw[name].map(lambda cell: why[name].get(str(cell))).astype(kinds[name]) for name in why}, raw.index)


def _categories(column, labels, ordered):
    """Words for codes; codes with the same words keep their number, so that they stay apart."""
    codes = {}
    for code in [*labels, *sorted(set(column.dropna()) - set(labels))]:
        word = labels.get(code) or f"{code:.15g}"
        while word in codes:
            word += f" ({code:.15g})"
        codes[word] = code
    kind = pd.CategoricalDtype(sorted(codes, key=codes.get) if ordered else list(codes), ordered)
    return column.map({code: word for word, code in codes.items()}).astype(kind)


def _fetched(file, release, kind, language, url=None, token=None, folder=None):
    """The path of a file as the release has it now, the file's variables in the codebook, and what gives words in the language."""
    study, _, version = release.partition("-")
    address = f"{(url or os.environ.get('ONWARD_URL', '')).strip().rstrip('/')}/api/releases/{study}/{kind}/{version}"
    token = (token or os.environ.get("ONWARD_TOKEN", "")).strip()
    if not re.match(r"https://|http://(localhost|127\.0\.0\.1)[:/]", address):
        raise FetchError("Set ONWARD_URL to the address of the study. It begins with https://, so that nobody on the way reads the token.")
    if not re.fullmatch(r"onw_[A-Za-z0-9_-]{43}", token):
        raise FetchError("Set ONWARD_TOKEN to your token, whole: onw_ and 43 characters. The study gives you one.")
    at = Path(folder or Path.home() / ".cache" / "onward") / f"{study}_{kind}_v{version}"
    for attempt in range(10):
        time.sleep(min(attempt, 1))
        try:
            with _answer(address, token) as answer:
                files = {one["file"]: one for one in json.load(answer)["files"]}
            if f"{file}.dta" not in files:
                raise FetchError(f"The release has no file {file}. It has: {', '.join(n[:-4] for n in files if n.endswith('.dta'))}.")
            at.mkdir(mode=0o700, parents=True, exist_ok=True)
            kept = {name: at / f"{one['sha256'][:16]}.{name}" for name, one in files.items()}
            for path in set(at.glob("[0-9a-f]" * 16 + ".*")) - set(kept.values()):
                path.unlink()
            for name in (f"{file}.dta", "codebook.json"):
                _complete(kept[name], files[name], f"{address}/files/{name}", token)
            book = json.loads(kept["codebook.json"].read_text(encoding="utf-8"))
            break
        except (OSError, HTTPException) as cause:
            why = getattr(cause, "reason", type(cause).__name__)
    else:
        raise FetchError(f"The server could not be reached: {why}. Look at ONWARD_URL and the connection; what has come is kept.")
    language = language or book["locales"][0]
    if language not in book["locales"]:
        raise FetchError(f"There are no labels in {language}. Choose one of: {', '.join(book['locales'])}.")
    variables = next(one["variables"] for one in book["files"] if one["file"] == file)
    return kept[f"{file}.dta"], variables, lambda texts: texts.get(language) or next(filter(None, texts.values()), "")


def _complete(path, one, url, token):
    """Adds to a file what it lacks. Fails where it is then not as the release says; what is wrong does not stay."""
    have = path.stat().st_size if path.exists() else 0
    if have < one["bytes"]:
        with _answer(url, token, have) as answer, open(path, "ab" if answer.status == 206 else "wb") as to:
            shutil.copyfileobj(answer, to)
    digest = hashlib.sha256()
    with open(path, "rb") as whole:
        for block in iter(lambda: whole.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != one["sha256"]:
        if path.stat().st_size >= one["bytes"]:
            path.unlink()
        raise ConnectionError


def _answer(url, token, have=0):
    """What the server answers, from the given byte on. Waits while it prepares the release. The token goes there alone, and into no message."""
    request = Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    request.add_unredirected_header("Authorization", f"Bearer {token}")
    for wait in range(180):
        try:
            return urlopen(request, timeout=60)
        except HTTPError as answer:
            status, after = answer.code, answer.headers.get("Retry-After", "")
            answer.close()
        if status not in (429, 503):
            raise FetchError(_SAYS.get(status, f"The server answered {status}. Try again later; then tell the study."))
        if wait == 0:
            print("The release is not ready yet. Waiting...", file=sys.stderr)
        time.sleep(min(int(after), 60) if after.isdigit() else 10)
    raise FetchError("The release has not been ready for half an hour. Try again later; then tell the study.")


_SAYS = {
    401: "The token was refused: it has ended, was revoked, or is for another study. Ask the study for another, and set ONWARD_TOKEN.",
    404: "There is no such release or file for this token. Look at release and kind: a token reads one kind (SUF or PUF) of one study.",
}
`;

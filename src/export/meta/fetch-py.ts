import { onOneLine } from './description-text.js';
import { type FetchedRelease } from './fetch-r.js';

/**
 * The Python module that fetches files of a release by an analyst's token: the standard library and pandas. Labels come from the
 * codebook, in any language of the release. The same in every release, but for what is fetched where nothing else is named.
 */
export const fetchPy = ({ name, kind }: FetchedRelease): string =>
  `"""${onOneLine(name)} (${kind}): fetches files of a release by token, as labelled data frames. Needs Python 3.9 or later, and pandas.

Set two variables of the environment, so that the token stands in no script: ONWARD_URL=https://panel.example and ONWARD_TOKEN=onw_...
    from onward import fetch, reasons
    people = fetch("xwave")
    panel = fetch("panel_long", "${onOneLine(name)}", kind="${kind}", language="en")
    why = reasons("panel_long", language="en")      of the same rows: why a cell has no value
Files are kept in a folder of yours (argument folder), checked by SHA-256, and gone on with where a download broke off. Each call
asks whether they are still those of the release: what is not, as somebody was erased, is deleted and fetched anew.
"""

RELEASE = "${onOneLine(name)}"
KIND = "${kind}"
${PY_BODY}`;

const PY_BODY = String.raw`
import hashlib
import http.client
import json
import os
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pandas as pd


class FetchError(Exception):
    """What went wrong, and what to do."""


def fetch(file="panel_long", release=RELEASE, *, url=None, token=None, kind=KIND, language=None, codes=False, folder=None):
    """A file of a release as a data frame, labelled in a language of the release (the first, unless given).

    Coded variables are categoricals, ordered where the codes are; codes=True leaves the numbers. A cell without a value is NA
    whatever the reason, which reasons() tells. attrs["variable_labels"] has the words of each variable, attrs["value_labels"] those
    of its codes.
    """
    at, book, language = _fetched(file, release, url, token, kind, language, folder)
    # Without Stata's small integers, whose sums and products would overflow
    raw = pd.read_stata(at / f"{file}.dta", convert_categoricals=False, preserve_dtypes=False)
    made, value_labels = {}, {}
    for variable in book:
        name = variable["name"]
        column = raw[name]
        if variable["type"] == "string":
            column = column.mask(column == "")
        elif variable.get("values"):
            value_labels[name] = {value["code"]: _words(value["label"], language) for value in variable["values"]}
            if not codes:
                column = _categories(column, variable, value_labels[name])
        made[name] = column
    data = pd.DataFrame(made)
    data.attrs["variable_labels"] = {variable["name"]: _words(variable["label"], language) for variable in book}
    data.attrs["value_labels"] = value_labels
    return data


def reasons(file="panel_long", release=RELEASE, *, url=None, token=None, kind=KIND, language=None, folder=None):
    """Why cells have no value: of each variable with reasons their words, NA where there is a value or nothing is known."""
    at, book, language = _fetched(file, release, url, token, kind, language, folder)
    raw = pd.read_stata(at / f"{file}.dta", convert_categoricals=False, convert_dates=False, convert_missing=True)
    made = {}
    for variable in book:
        if variable["missing"]:
            words = {reason["stata"]: _words(reason["label"], language) for reason in variable["missing"]}
            kinds = pd.CategoricalDtype(list(dict.fromkeys(words.values())))
            made[variable["name"]] = raw[variable["name"]].map(lambda cell: words.get(str(cell))).astype(kinds)
    return pd.DataFrame(made, index=raw.index)


def _words(texts, language):
    return texts.get(language) or next(filter(None, texts.values()), "")


def _categories(column, variable, labels):
    """Words for codes; codes with the same words keep their number, so that they stay apart."""
    words = {}
    for code, text in labels.items():
        text = text or str(code)
        while text in words.values():
            text += f" ({code})"
        words[code] = text
    for code in sorted(set(column.dropna()) - set(words)):
        words[code] = f"{code:.15g}"
    ordered = variable["measure"] == "ordinal"
    kind = pd.CategoricalDtype([words[code] for code in (sorted(words) if ordered else words)], ordered=ordered)
    return column.map(words).astype(kind)


def _fetched(file, release, url, token, kind, language, folder):
    """The folder with a file as the release has it now, the file's variables in the codebook, and the language of labels."""
    url = (url or os.environ.get("ONWARD_URL", "")).strip().rstrip("/")
    token = (token or os.environ.get("ONWARD_TOKEN", "")).strip()
    named = re.fullmatch(r"([a-z]{2,8})-([0-9]{1,3}\.[0-9]{1,3})", release)
    if not named:
        raise FetchError("A release is named like nrd-1.0.")
    if kind not in ("SUF", "PUF"):
        raise FetchError("The kind of a release is SUF or PUF.")
    if not re.match(r"https://|http://(localhost|127\.0\.0\.1)(:|$)", url):
        raise FetchError(
            "Set ONWARD_URL to the address of the study: it begins with https://, so that nobody on the way reads the token."
        )
    if not re.fullmatch(r"onw_[A-Za-z0-9_-]{43}", token):
        raise FetchError("Set ONWARD_TOKEN to your token, whole: onw_ and 43 characters. The study gives you one.")
    study, version = named.groups()
    address = f"{url}/api/releases/{study}/{kind}/{version}"
    at = (Path(folder) if folder else _cache()) / f"{study}_{kind}_v{version}"
    at.mkdir(mode=0o700, parents=True, exist_ok=True)
    for _ in range(3):
        files = {one["file"]: one for one in _manifest(address, token)}
        if f"{file}.dta" not in files:
            known = ", ".join(name[:-4] for name in files if name.endswith(".dta"))
            raise FetchError(f"The release has no file {file}. It has: {known}.")
        _forget(files.values(), at)
        if all(_file(files[name], address, token, at) for name in (f"{file}.dta", "codebook.json")):
            return at, *_described(at, file, language)
    raise FetchError("The files came otherwise than the release says, three times. Try again in some minutes; then tell the study.")


def _manifest(address, token):
    try:
        with _open(address, token) as reply:
            return json.load(reply)["files"]
    except _BROKEN as cause:
        raise FetchError(f"The server could not be reached: {_why(cause)}. Look at ONWARD_URL and the connection.") from None


_BROKEN = (OSError, http.client.HTTPException)


def _why(cause):
    return getattr(cause, "reason", type(cause).__name__)


def _described(at, file, language):
    book = json.loads((at / "codebook.json").read_text(encoding="utf-8"))
    language = language or book["locales"][0]
    if language not in book["locales"]:
        raise FetchError(f"There are no labels in {language}. Choose one of: " + ", ".join(book["locales"]) + ".")
    return next(one["variables"] for one in book["files"] if one["file"] == file), language


def _cache():
    kept = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
    return Path(kept or Path.home() / ".cache") / "onward"


def _forget(files, at):
    """Deletes what is kept and is not, or no longer, of the release."""
    for one in files:
        path = at / one["file"]
        if path.exists() and _sha256(path) != one["sha256"]:
            path.unlink()
    for part in set(at.glob("*.part")) - {_part(one, at) for one in files}:
        part.unlink()


def _part(one, at):
    return at / f"{one['file']}.{one['sha256'][:16]}.part"


def _sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _size(path):
    return path.stat().st_size if path.exists() else 0


def _file(one, address, token, at):
    """Whether a file is there as the release says, after fetching what of it is not."""
    path, part = at / one["file"], _part(one, at)
    if path.exists():
        return True
    idle = 0
    while (have := _size(part)) < one["bytes"]:
        rest = {"Range": f"bytes={have}-", "If-Range": f'"{one["sha256"]}"'} if have else {}
        why = "the connection ended too early"
        try:
            with _open(f"{address}/files/{one['file']}", token, rest) as reply:
                goes_on = reply.status == 206
                with open(part, "ab" if goes_on else "wb") as to:
                    shutil.copyfileobj(reply, to, 1 << 20)
            if have and not goes_on:
                break  # the file is another one by now
        except _BROKEN as cause:
            why = _why(cause)
        idle = 0 if _size(part) > have else idle + 1
        if idle == 5:
            raise FetchError(f"The download stands still: {why}. Look at the connection and try again; what has come is kept.")
        if idle:
            time.sleep(1)
    if _size(part) == one["bytes"] and _sha256(part) == one["sha256"]:
        part.replace(path)
        return True
    part.unlink()
    return False


class _NoOtherPlace(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token would go where it leads."""

    def redirect_request(self, *_):
        return None


_OPENER = urllib.request.build_opener(_NoOtherPlace)
_SAYS = {
    401: "The token was refused: it has ended, was revoked, or is for another study. Ask the study for another, and set ONWARD_TOKEN.",
    404: "There is no such release or file for this token. Look at release and kind: a token reads one kind (SUF or PUF) of one study.",
}


def _open(address, token, headers={}):
    """An answer of the server. Waits while the release is being prepared. No failure shows the token."""
    begun, told = time.monotonic(), False
    while True:
        request = urllib.request.Request(address, headers={**headers, "Authorization": f"Bearer {token}"})
        try:
            return _OPENER.open(request, timeout=60)
        except urllib.error.HTTPError as answer:
            status, after = answer.code, answer.headers.get("Retry-After", "")
            answer.close()
        if status not in (429, 503):
            raise FetchError(_SAYS.get(status, f"The server answered {status}. Try again later; then tell the study."))
        if time.monotonic() - begun > 1800:
            raise FetchError("The release has not been ready for half an hour. Try again later; then tell the study.")
        if not told:
            print("The release is not ready yet. Waiting...", file=sys.stderr)
        told = True
        time.sleep(min(int(after), 300) if after.isdigit() else 10)
`;

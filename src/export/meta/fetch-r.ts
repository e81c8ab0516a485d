import { onOneLine } from './description-text.js';
import { type ReleaseDescription } from './release-description.js';

/** What names a release to the scripts that fetch it. */
export type FetchedRelease = Pick<ReleaseDescription, 'name' | 'kind'>;

/**
 * The R script that fetches files of a release by an analyst's token: base R and haven, nothing else. Labels come from the codebook,
 * in any language of the release. The same in every release, but for what is fetched where nothing else is named.
 */
export const fetchR = ({ name, kind }: FetchedRelease): string =>
  `# ${onOneLine(name)} (${kind}): fetches files of a release by token, as labelled data frames. Needs R 4.0 or later, and haven.
# Once, in ~/.Renviron, so that the token stands in no script; then start R anew:
#   ONWARD_URL=https://panel.example
#   ONWARD_TOKEN=onw_...
# In each script:
#   source("onward.R", encoding = "UTF-8")
#   people <- onward_fetch("xwave")
#   panel <- onward_fetch("panel_long", release = "${onOneLine(name)}", kind = "${kind}", language = "en")
# Files are kept in a folder of yours (argument folder), checked by SHA-256, and gone on with where a download broke off. Each call
# asks whether they are still those of the release: what is not, as somebody was erased, is deleted and fetched anew.

onward_fetch <- function(file = "panel_long", release = "${onOneLine(name)}", url = Sys.getenv("ONWARD_URL"),
                         token = Sys.getenv("ONWARD_TOKEN"), kind = "${kind}", language = NULL,
                         folder = tools::R_user_dir("onward", "cache")) {${R_BODY}`;

const R_BODY = String.raw`
  url <- sub("/+$", "", trimws(url))
  token <- trimws(token)
  named <- regmatches(release, regexec("^([a-z]{2,8})-([0-9]{1,3}[.][0-9]{1,3})$", release))[[1]]
  if (!requireNamespace("haven", quietly = TRUE)) onward_stop("Install haven first: install.packages(\"haven\").")
  if (length(named) == 0) onward_stop("A release is named like nrd-1.0.")
  if (!kind %in% c("SUF", "PUF")) onward_stop("The kind of a release is SUF or PUF.")
  if (!grepl("^https://|^http://(localhost|127[.]0[.]0[.]1)(:|$)", url))
    onward_stop("Set ONWARD_URL to the address of the study: it begins with https://, so that nobody on the way reads the token.")
  if (!grepl("^onw_[A-Za-z0-9_-]{43}$", token))
    onward_stop("Set ONWARD_TOKEN to your token, whole: onw_ and 43 characters. The study gives you one.")

  address <- sprintf("%s/api/releases/%s/%s/%s", url, named[2], kind, named[3])
  folder <- file.path(path.expand(folder), sprintf("%s_%s_v%s", named[2], kind, named[3]))
  dir.create(folder, showWarnings = FALSE, recursive = TRUE, mode = "0700")
  for (round in 1:3) {
    files <- onward_manifest(address, token)
    names(files) <- vapply(files, function(one) one$file, "")
    data <- paste0(file, ".dta")
    if (!data %in% names(files))
      onward_stop("The release has no file ", file, ". It has: ",
                  paste(sub("[.]dta$", "", grep("[.]dta$", names(files), value = TRUE)), collapse = ", "), ".")
    onward_forget(files, folder)
    right <- vapply(files[c(data, "codebook.json")], onward_file, TRUE, address = address, token = token, folder = folder)
    if (all(right)) return(onward_labelled(folder, file, language))
  }
  onward_stop("The files came otherwise than the release says, three times. Try again in some minutes; then tell the study.")
}

# A failure names no call: a call might show a token.
onward_stop <- function(...) stop(..., call. = FALSE)

onward_manifest <- function(address, token) {
  to <- tempfile("onward")
  on.exit(unlink(to))
  onward_get(address, token, to)
  onward_json(to)$files
}

# Deletes what is kept and is not, or no longer, of the release.
onward_forget <- function(files, folder) {
  for (one in files) {
    path <- file.path(folder, one$file)
    if (file.exists(path) && !identical(onward_sha256(path), one$sha256)) unlink(path)
  }
  parts <- list.files(folder, "[.]part$", full.names = TRUE)
  unlink(setdiff(parts, vapply(files, onward_part, "", folder = folder)))
}

onward_part <- function(one, folder) file.path(folder, sprintf("%s.%s.part", one$file, substr(one$sha256, 1, 16)))

# Whether a file is there as the release says, after fetching what of it is not.
onward_file <- function(one, address, token, folder) {
  path <- file.path(folder, one$file)
  if (file.exists(path)) return(TRUE)
  part <- onward_part(one, folder)
  onward_get(paste0(address, "/files/", one$file), token, part, one)
  sum <- onward_sha256(part)
  if (is.na(sum)) message("SHA-256 cannot be computed on this machine: of ", one$file, " only the size was compared.")
  right <- file.size(part) == one$bytes && (is.na(sum) || sum == one$sha256)
  if (right) file.rename(part, path) else { unlink(part); FALSE }
}

# Adds to a file what it lacks. Waits while the release is being prepared, and goes on where the connection broke.
onward_get <- function(url, token, to, one = NULL) {
  before <- options(timeout = max(600, getOption("timeout")))
  on.exit(options(before))
  idle <- 0
  waits <- 0
  repeat {
    have <- if (file.exists(to)) file.size(to) else 0
    if (!is.null(one) && have >= one$bytes) return(invisible())
    headers <- c(Authorization = paste("Bearer", token))
    if (have > 0) headers <- c(headers, Range = sprintf("bytes=%.0f-", have), "If-Range" = sprintf("\"%s\"", one$sha256))
    said <- ""
    done <- tryCatch(withCallingHandlers(
      utils::download.file(url, to, method = "libcurl", quiet = TRUE, mode = "ab", headers = headers),
      warning = function(w) { said <<- sub(url, "", conditionMessage(w), fixed = TRUE); invokeRestart("muffleWarning") }
    ), error = function(e) -1)
    if (done == 0 && is.null(one)) return(invisible())
    if (done == 0) said <- ""
    status <- if (grepl("HTTP", said, fixed = TRUE)) c(regmatches(said, regexpr("\\b[45][0-9]{2}\\b", said)), "")[1] else ""
    if (status == "401")
      onward_stop("The token was refused: it has ended, was revoked, or is for another study. Ask the study for another, and set ONWARD_TOKEN.")
    if (status == "404")
      onward_stop("There is no such release or file for this token. Look at release and kind: a token reads one kind (SUF or PUF) of one study.")
    if (status %in% c("429", "503")) {
      # R does not show what Retry-After says; where a release is being prepared it says ten seconds.
      if (waits >= 180) onward_stop("The release has not been ready for half an hour. Try again later; then tell the study.")
      if (waits == 0) message("The release is not ready yet. Waiting...")
      waits <- waits + 1
      Sys.sleep(10)
      next
    }
    idle <- if (file.exists(to) && file.size(to) > have) 0 else idle + 1
    if (idle >= 5) onward_stop("The server could not be reached: ", said, ". Look at ONWARD_URL and the connection; what has come is kept.")
    if (done != 0) Sys.sleep(1)
  }
}

# By R itself from 4.5 on, else by a program that each system has. NA where there is none.
onward_sha256 <- function(path) {
  if (exists("sha256sum", asNamespace("tools"))) return(unname(get("sha256sum", asNamespace("tools"))(path)))
  ways <- list(sha256sum = shQuote(path), shasum = c("-a", "256", shQuote(path)), certutil = c("-hashfile", shQuote(path), "SHA256"))
  for (way in names(ways)) if (nzchar(Sys.which(way))) {
    lines <- tolower(gsub(" ", "", sub(path, "", system2(way, ways[[way]], stdout = TRUE), fixed = TRUE)))
    found <- regmatches(lines, regexpr("[0-9a-f]{64}", lines))
    if (length(found) > 0) return(found[1])
  }
  NA_character_
}

# JSON, written as lists of R. Nothing but list() and a minus can be called by what is in it.
onward_json <- function(path) {
  lines <- readLines(path, encoding = "UTF-8", warn = FALSE)
  at <- gregexpr('"(?:[^"\\\\]++|\\\\.)*+"|[][{}:]|\\b(?:null|true|false)\\b', lines, perl = TRUE)
  into <- c("{" = "list(", "[" = "list(", "}" = ")", "]" = ")", ":" = "=", null = "NULL", true = "TRUE", false = "FALSE")
  regmatches(lines, at) <- lapply(regmatches(lines, at), function(x) ifelse(x %in% names(into), into[x], x))
  eval(parse(text = lines, keep.source = FALSE, encoding = "UTF-8"), list("list" = list, "-" = get("-")), emptyenv())
}

onward_words <- function(texts, language) c(texts[[language]], unlist(texts), "")[[1]]

onward_labelled <- function(folder, file, language) {
  book <- onward_json(file.path(folder, "codebook.json"))
  locales <- unlist(book$locales)
  if (is.null(language)) language <- locales[1]
  if (!language %in% locales) onward_stop("There are no labels in ", language, ". Choose one of: ", paste(locales, collapse = ", "), ".")
  described <- Filter(function(one) one$file == file, book$files)[[1]]
  data <- as.data.frame(haven::read_dta(file.path(folder, paste0(file, ".dta"))))
  for (variable in described$variables) {
    label <- onward_words(variable$label, language)
    data[[variable$name]] <- onward_column(data[[variable$name]], variable, label, language)
  }
  structure(data, label = onward_words(described$label, language))
}

onward_column <- function(x, variable, label, language) {
  if (variable$type == "string") {
    x <- as.character(x)
    x[x == ""] <- NA
  } else if (variable$type == "month") {
    # Stata counts months from January 1960
    months <- as.numeric(x)
    x <- as.Date(ifelse(is.na(months), NA, sprintf("%04d-%02d-01", as.integer(1960 + months %/% 12), as.integer(months %% 12 + 1))))
  } else if (variable$type == "numeric") {
    x <- as.numeric(unclass(x))
    coded <- c(variable$values, variable$missing)
    codes <- c(vapply(variable$values, function(one) as.numeric(one$code), 0),
               haven::tagged_na(vapply(variable$missing, function(one) sub(".", "", one$stata, fixed = TRUE), "")))
    names(codes) <- vapply(coded, function(one) onward_words(one$label, language), "")
    if (length(codes) > 0) return(haven::labelled(x, labels = codes, label = label))
  } else attr(x, "format.stata") <- NULL
  structure(x, label = label)
}
`;

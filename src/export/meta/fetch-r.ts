import { onOneLine } from './description-text.js';
import { type ReleaseDescription } from './release-description.js';

/** What names a release to the scripts that fetch it, and the file that is fetched where none is named. */
export type FetchedRelease = Pick<ReleaseDescription, 'name' | 'kind'> & { file: string };

/** Interviews of all waves; while there is one wave, its interviews. */
export function mainFileOf({ files }: Pick<ReleaseDescription, 'files'>): string {
  const names = files.map(({ table }) => table.name);
  return (
    names.find((name) => name === 'panel_long') ?? names.find((name) => /_indresp$/.test(name)) ?? 'xwave'
  );
}

/**
 * The R script that fetches files of a release by an analyst's token: haven, and three packages that everybody has who has the
 * tidyverse. Labels come from the codebook, in any language of the release. The same in every release, but for what is fetched where
 * nothing else is named.
 */
export const fetchR = ({ name, kind, file }: FetchedRelease): string =>
  `# ${onOneLine(name)} (${kind}): fetches files of a release by token, as labelled data frames.
# Needs R 4.0 or later, and install.packages(c("haven", "curl", "jsonlite", "openssl")).
# Once, in ~/.Renviron, so that the token stands in no script; then start R anew:
#   ONWARD_URL=https://panel.example
#   ONWARD_TOKEN=onw_...
# In each script:
#   source("onward.R", encoding = "UTF-8")
#   data <- onward_fetch("${file}", "${onOneLine(name)}", "${kind}", language = "en")
# Files are kept in a folder of yours, named by their digest. Each call asks whether they are still those of the release, deletes what is
# not, as somebody was erased, and goes on with a download that broke off.

onward_fetch <- function(file = "${file}", release = "${onOneLine(name)}", kind = "${kind}", language = NULL, url = Sys.getenv("ONWARD_URL"),
                         token = Sys.getenv("ONWARD_TOKEN"), folder = tools::R_user_dir("onward", "cache")) {${R_BODY}`;

const R_BODY = String.raw`
  token <- trimws(token)
  named <- strsplit(release, "-")[[1]]
  address <- sprintf("%s/api/releases/%s/%s/%s", sub("/+$", "", trimws(url)), named[1], kind, named[2])
  if (!grepl("^https://|^http://(localhost|127[.]0[.]0[.]1)[:/]", address))
    onward_stop("Set ONWARD_URL to the address of the study. It begins with https://, so that nobody on the way reads the token.")
  if (!grepl("^onw_[A-Za-z0-9_-]{43}$", token))
    onward_stop("Set ONWARD_TOKEN to your token, whole: onw_ and 43 characters. The study gives you one.")
  folder <- file.path(path.expand(folder), sprintf("%s_%s_v%s", named[1], kind, named[2]))
  for (attempt in 0:9) {
    if (attempt > 0) Sys.sleep(1)
    broke <- onward_get(address, token, listed <- tempfile("onward"))
    if (is.null(broke)) {
      files <- jsonlite::fromJSON(listed)$files
      unlink(listed)
      wanted <- match(c(paste0(file, ".dta"), "codebook.json"), files$file)
      if (anyNA(wanted))
        onward_stop("The release has no file ", file, ". It has: ", toString(sub("[.]dta$", "", grep("[.]dta$", files$file, value = TRUE))), ".")
      dir.create(folder, showWarnings = FALSE, recursive = TRUE, mode = "0700")
      files$kept <- file.path(folder, paste0(substr(files$sha256, 1, 16), ".", files$file))
      unlink(setdiff(list.files(folder, "^[0-9a-f]{16}[.]", full.names = TRUE), files$kept))
      broke <- unlist(lapply(split(files, seq_along(files$file))[wanted], onward_complete, paste0(address, "/files/"), token))
    }
    if (is.null(broke)) return(onward_labelled(files$kept[wanted], file, language))
  }
  onward_stop("The server could not be reached: ", broke[1], ". Look at ONWARD_URL and the connection; what has come is kept.")
}

# A failure names no call: a call might show a token.
onward_stop <- function(...) stop(..., call. = FALSE)

# Adds to a file what it lacks. Says what it is, where it is then not as the release says; what is wrong does not stay.
onward_complete <- function(one, files, token) {
  have <- if (file.exists(one$kept)) file.size(one$kept) else 0
  broke <- if (have < one$bytes) onward_get(paste0(files, one$file), token, one$kept, have)
  if (paste(openssl::sha256(file(one$kept)), collapse = "") == one$sha256) return(NULL)
  if (file.size(one$kept) >= one$bytes) unlink(one$kept)
  if (is.null(broke)) "a file came otherwise than the release says" else broke
}

# Writes what the server answers, from the given byte on. Waits while it prepares the release. Says why it broke off, where it did.
onward_get <- function(url, token, path, have = 0) {
  for (wait in 0:179) {
    handle <- curl::new_handle(url = url, followlocation = FALSE, low_speed_limit = 1, low_speed_time = 60)
    curl::handle_setheaders(handle, .list = c(Authorization = paste("Bearer", token), "Accept-Encoding" = "identity",
                                              Range = if (have > 0) sprintf("bytes=%.0f-", have)))
    to <- file(path, "ab")
    status <- function() curl::handle_data(handle)$status_code
    write <- function(bytes, ...) {
      if (status() == 200 && have > 0) { close(to); to <<- file(path, "wb"); have <<- 0 }
      if (status() < 300) writeBin(bytes, to)
    }
    broke <- NULL
    pool <- curl::new_pool()
    curl::multi_add(handle, fail = function(why) broke <<- why, data = write, pool = pool)
    curl::multi_run(pool = pool)
    close(to)
    if (!is.null(broke)) return(broke)
    if (status() %in% c(200, 206)) return(NULL)
    if (status() == 401)
      onward_stop("The token was refused: it has ended, was revoked, or is for another study. Ask the study for another, and set ONWARD_TOKEN.")
    if (status() == 404)
      onward_stop("There is no such release or file for this token. Look at release and kind: a token reads one kind (SUF or PUF) of one study.")
    if (!status() %in% c(429, 503)) onward_stop("The server answered ", status(), ". Try again later; then tell the study.")
    if (wait == 0) message("The release is not ready yet. Waiting...")
    Sys.sleep(min(60, c(as.numeric(curl::parse_headers_list(curl::handle_data(handle)$headers)$"retry-after"), 10)[1]))
  }
  onward_stop("The release has not been ready for half an hour. Try again later; then tell the study.")
}

onward_labelled <- function(paths, file, language) {
  book <- jsonlite::fromJSON(paths[2], simplifyVector = FALSE)
  if (is.null(language)) language <- book$locales[[1]]
  if (!language %in% book$locales) onward_stop("There are no labels in ", language, ". Choose one of: ", toString(book$locales), ".")
  words <- function(one) c(one$label[[language]], unlist(one$label), "")[[1]]
  described <- Filter(function(one) one$file == file, book$files)[[1]]
  data <- as.data.frame(haven::read_dta(paths[1]))
  for (variable in described$variables) {
    x <- data[[variable$name]]
    if (variable$type == "string") x <- ifelse(x == "", NA_character_, as.character(x))
    # Stata counts months from January 1960
    if (variable$type == "month") x <- as.Date(ISOdate(1960 + x %/% 12, x %% 12 + 1, 1))
    attr(x, "format.stata") <- NULL
    if (variable$type == "numeric") {
      missing <- vapply(variable$missing, function(one) substr(one$stata, 2, 2), "")
      codes <- c(vapply(variable$values, function(one) as.numeric(one$code), 0), haven::tagged_na(missing))
      x <- as.numeric(unclass(x))
      names(codes) <- vapply(c(variable$values, variable$missing), words, "")
      if (length(codes) > 0) x <- haven::labelled(x, labels = codes)
    }
    data[[variable$name]] <- structure(x, label = words(variable))
  }
  structure(data, label = words(described))
}
`;

/** What the R script does with its tables, the same in every release. */
export const R_FUNCTIONS = String.raw`
# The words above are UTF-8, whatever the language of this session.
as_utf8 <- function(x) {
  if (is.list(x)) lapply(x, as_utf8)
  else if (is.character(x)) { Encoding(x) <- "UTF-8"; x }
  else x
}
code_sets <- as_utf8(code_sets)
files <- as_utf8(files)

# Reads a file as it is: from Stata, else from SPSS, else from CSV, where R takes a carriage return for a line feed.
read_file <- function(name) {
  path <- function(ending) paste0(name, ".", ending)
  if (file.exists(path("dta"))) return(as.data.frame(haven::read_dta(path("dta"))))
  for (ending in c("sav", "zsav"))
    if (file.exists(path(ending))) return(as.data.frame(haven::read_sav(path(ending), user_na = TRUE)))
  if (file.exists(path("csv")))
    return(utils::read.csv(path("csv"), colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8"))
  stop("There is no file ", path("dta"), ", .sav, .zsav or .csv in ", getwd(), ": set the release's folder as the working directory.")
}

is_there <- function(name) any(file.exists(paste0(name, c(".csv", ".dta", ".sav", ".zsav"))))

as_month <- function(x) {
  if (is.character(x)) return(as.Date(ifelse(is.na(x) | x == "", NA, paste0(x, "-01"))))
  if (inherits(x, "Date")) return(x)
  # SPSS counts seconds from 14 October 1582, Stata months from January 1960
  if (!is.null(attr(x, "format.spss"))) return(as.Date(as.numeric(x) / 86400, origin = "1582-10-14"))
  months <- as.numeric(x)
  as.Date(ifelse(is.na(months), NA, sprintf("%04d-%02d-01", as.integer(1960 + months %/% 12), as.integer(months %% 12 + 1))))
}

as_time <- function(x) {
  if (!is.character(x)) return(x)
  as.POSIXct(strptime(x, ifelse(nchar(x) > 16, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"), tz = "UTC"), tz = "UTC")
}

# A number with tagged reasons and words for its codes.
as_number <- function(x, codes, language, label) {
  x <- as.numeric(unclass(x))
  if (codes == 0) return(structure(x, label = label))
  set <- code_sets[[codes]]
  is_reason <- set$letters != ""
  for (i in which(is_reason)) x[which(x == set$codes[i])] <- haven::tagged_na(set$letters[i])
  marks <- c(set$codes[!is_reason], haven::tagged_na(set$letters[is_reason]))
  names(marks) <- set$words[[language]]
  haven::labelled(x, labels = marks, label = label)
}

# A file as a data frame, labelled in a language of the release.
load_file <- function(name, labels = locales[1]) {
  file <- files[[name]]
  if (is.null(file)) stop("This release has no file ", name, ". It has: ", paste(names(files), collapse = ", "), ".")
  language <- match(labels, locales)
  if (is.na(language)) stop("There are no labels in ", labels, ". Choose one of: ", paste(locales, collapse = ", "), ".")
  data <- read_file(name)
  for (column in file$columns) {
    x <- data[[column$name]]
    if (is.null(x)) stop("The file ", name, " has no column ", column$name, ": it is not the file of this release.")
    label <- column$label[language]
    data[[column$name]] <- switch(column$type,
      numeric = as_number(x, column$codes, language, label),
      date = structure(as.Date(x), label = label),
      month = structure(as_month(x), label = label),
      datetime = structure(as_time(x), label = label),
      structure(as.character(x), label = label))
  }
  structure(data, label = file$label[language])
}

# Stops where a file is not as it was released: rows, key, valid values and means.
check_file <- function(name) {
  file <- files[[name]]
  data <- load_file(name)
  wrong <- character()
  if (nrow(data) != file$rows) wrong <- c(wrong, sprintf("it has %d rows and should have %d", nrow(data), file$rows))
  key <- as.data.frame(lapply(data[file$key], function(x) as.vector(unclass(x))))
  if (anyDuplicated(key)) wrong <- c(wrong, "its key is not unique")
  for (column in file$columns) {
    if (is.na(column$valid)) next
    x <- as.numeric(data[[column$name]])
    x <- x[!is.na(x)]
    if (length(x) != column$valid || abs(mean(x) - column$mean) > 1e-6 * max(1, abs(column$mean)))
      wrong <- c(wrong, paste("the numbers of", column$name, "differ"))
  }
  if (length(wrong) > 0) stop(name, " is not as it was released: ", paste(wrong, collapse = "; "), ".")
  message(name, ": ", file$rows, " rows, as it should be")
}

for (name in names(files)) if (is_there(name)) check_file(name)
`;

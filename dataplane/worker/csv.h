#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operator/base/result.h"

namespace gyre::worker {

// A CSV file with a header line, column by column.
struct Table {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> columns;  // One for each name, all of one length.

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
  // Nothing when there is no such column.
  const std::vector<std::string>* find(std::string_view name) const;
};

// RFC 4180: quotes, doubled quotes, line breaks inside quotes; LF as well as CRLF; empty lines are skipped. kInvalid
// names the line, that of bytes beyond UTF-8 too. `name` is what errors call the text.
Result<Table> parse_csv(std::string_view text, std::string_view name);

// The whole text as a number, NaN and infinities included, blanks around it ignored.
std::optional<double> parse_number(std::string_view text);
// Empty, and what pandas, R and SQL exports write for it.
bool is_missing(std::string_view text);

}  // namespace gyre::worker

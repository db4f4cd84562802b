#include "dataplane/worker/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "operator/base/text.h"
#include "operator/base/utf8.h"

namespace gyre::worker {
namespace {

std::optional<std::size_t> first_line_beyond_utf8(std::string_view text) {
  if (is_utf8(text)) return std::nullopt;
  std::size_t line = 1;
  for (std::string_view rest = text;; ++line) {
    const std::size_t end = rest.find('\n');
    if (!is_utf8(rest.substr(0, end))) return line;
    rest.remove_prefix(end + 1);
  }
}

// Reads records one after the other.
class Reader {
 public:
  Reader(std::string_view text, std::string_view name) : text_(text), name_(name) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);  // What Excel puts before UTF-8.
  }

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t line() const { return line_; }

  Result<std::vector<std::string>> record() {
    std::vector<std::string> fields;
    while (true) {
      Result<std::string> field = at_ < text_.size() && text_[at_] == '"' ? quoted() : plain();
      if (!field) return fail(std::move(field).error());
      fields.push_back(std::move(*field));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      end_line();
      return fields;
    }
  }

  std::unexpected<Error> bad(std::size_t line, std::string_view what) const {
    return fail(Code::kInvalid, "BadCsv", fmt::format("{}: line {}: {}", name_, line, what));
  }

 private:
  Result<std::string> plain() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string out(text_.substr(at_, end - at_));
    at_ = end;
    return out;
  }

  Result<std::string> quoted() {
    const std::size_t opened = line_;
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      }
      if (c == '\n') ++line_;
      out += c;
    }
    if (at_ >= text_.size()) return bad(opened, "a quoted field is never closed; end it with \"");
    ++at_;
    if (at_ < text_.size() && text_.find_first_of(",\r\n", at_) != at_)
      return bad(line_, "text after a closing quote; double the quotes that belong to a value");
    return out;
  }

  void end_line() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

const std::vector<std::string>* Table::find(std::string_view name) const {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? nullptr : &columns[static_cast<std::size_t>(found - names.begin())];
}

Result<Table> parse_csv(std::string_view text, std::string_view name) {
  Reader reader(text, name);
  // Names and categories become JSON, which carries nothing else.
  if (const auto line = first_line_beyond_utf8(text))
    return reader.bad(*line, "has bytes that are not UTF-8; save the file as UTF-8");
  Table table;
  if (reader.at_end()) return reader.bad(1, "the file is empty; its first line must name the columns");
  Result<std::vector<std::string>> header = reader.record();
  if (!header) return fail(std::move(header).error());
  table.names = std::move(*header);
  if (std::set<std::string>(table.names.begin(), table.names.end()).size() != table.names.size())
    return reader.bad(1, "two columns have the same name");
  table.columns.resize(table.names.size());
  while (!reader.at_end()) {
    const std::size_t line = reader.line();
    Result<std::vector<std::string>> record = reader.record();
    if (!record) return fail(std::move(record).error());
    if (record->size() == 1 && record->front().empty() && table.names.size() > 1) continue;
    if (record->size() != table.names.size())
      return reader.bad(line, fmt::format("{} fields, the header has {}", record->size(), table.names.size()));
    for (std::size_t i = 0; i < record->size(); ++i) table.columns[i].push_back(std::move((*record)[i]));
  }
  return table;
}

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 5> kWords = {"", "NA", "N/A", "null", "NULL"};
  return std::ranges::find(kWords, trim(text)) != kWords.end();
}

}  // namespace gyre::worker

#include "operator/kube/protobuf/json_writer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <limits>

#include "operator/base/base64.h"
#include "operator/base/clock.h"
#include "operator/base/utf8.h"

namespace gyre::kube::protobuf {
namespace {

constexpr int kInMetadata = 2;
// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z, between which RFC 3339 has times.
constexpr std::int64_t kFirstSecond = -62167219200;
constexpr std::int64_t kLastSecond = 253402300799;

bool is_integer(Type type) { return type == Type::kBool || type == Type::kInteger; }

bool is_plain(unsigned char c) { return c >= ' ' && c != '"' && c != '\\'; }

}  // namespace

void JsonWriter::object(const Root& root, std::string_view wire) {
  out_ += '{';
  name("apiVersion");
  out_ += '"';
  if (!root.group.empty()) out_.append(root.group).append("/");
  out_.append(root.version).append("\"");
  name("kind");
  quoted(root.kind);
  ++depth_;
  members(*root.message, wire);
  --depth_;
  out_ += '}';
}

bool JsonWriter::object(const Message& message, std::string_view wire) {
  out_ += '{';
  ++depth_;
  const bool is_zero = members(message, wire);
  --depth_;
  out_ += '}';
  return is_zero;
}

// Both are ordered by number: what is in no table, and what comes twice, is a stranger.
bool JsonWriter::members(const Message& message, std::string_view wire) {
  Cursor cursor(wire);
  bool is_zero = true;
  const auto skip_strangers_before = [&](std::uint32_t number) {
    while (strangers_ == Strangers::kSkipped && !cursor.is_at_end() && cursor.number() < number) cursor.next();
  };
  for (const Field& field : message.fields) {
    skip_strangers_before(field.number);
    if (cursor.is_at(field.number))
      is_zero &= member(field, cursor);
    else
      absent_member(field);
  }
  skip_strangers_before(std::numeric_limits<std::uint32_t>::max());
  if (cursor.is_broken())
    note_malformed();
  else if (!cursor.is_at_end())
    note_stranger(cursor.number());
  return is_zero;
}

// Leaves the cursor behind the field.
bool JsonWriter::member(const Field& field, Cursor& cursor) {
  if (field.type == Type::kUnread) {
    while (cursor.is_at(field.number)) cursor.next();
    return false;
  }
  const std::size_t before = out_.size();
  if (field.type != Type::kInline) {
    name(field.name);
    member_ = field.name;
  }
  if (field.form != Form::kOne) {
    field.form == Form::kList ? list(field, cursor) : map(field, cursor);
    return false;
  }
  const bool is_zero = value(field, cursor);
  if (is_zero && field.presence == Presence::kUnlessZero) out_.resize(before);
  cursor.next();
  return is_zero && (field.presence == Presence::kUnlessZero || field.presence == Presence::kAlways);
}

void JsonWriter::absent_member(const Field& field) {
  if (field.type == Type::kUnread) return;
  if (field.presence == Presence::kOrNull) {
    name(field.name);
    out_ += "null";
  } else if (field.presence == Presence::kAlways) {
    if (field.type != Type::kInline) name(field.name);
    value(field, {}, 0);
  }
}

void JsonWriter::list(const Field& field, Cursor& cursor) {
  out_ += '[';
  for (; cursor.is_at(field.number); cursor.next()) {
    comma();
    value(field, cursor);
  }
  out_ += ']';
}

void JsonWriter::map(const Field& field, Cursor& cursor) {
  const bool may_leave_out = depth_ == kInMetadata && field.name == "annotations";
  out_ += '{';
  for (; cursor.is_at(field.number); cursor.next()) {
    const auto [key, entry] = parts(cursor.text(), "t?");
    if (!cursor.is_text() || entry.is_integer != is_integer(field.type)) note_malformed();
    if (may_leave_out && key.text == left_out_) continue;
    name(key.text);
    value(field, entry.text, entry.integer);
  }
  out_ += '}';
}

bool JsonWriter::value(const Field& field, const Cursor& cursor) {
  if (cursor.is_text() == is_integer(field.type)) note_malformed();
  return value(field, cursor.text(), cursor.integer());
}

bool JsonWriter::value(const Field& field, std::string_view text, std::int64_t number) {
  switch (field.type) {
    case Type::kString:
      quoted(text);
      return text.empty();
    case Type::kBytes:
      quoted(to_base64(std::string(text)));
      return text.empty();
    case Type::kBool:
      out_ += number != 0 ? "true" : "false";
      return number == 0;
    case Type::kInteger:
      integer(number);
      return number == 0;
    case Type::kMessage:
      return object(*field.message, text);
    case Type::kInline:
      return members(*field.message, text);
    case Type::kTime:
      return time(text);
    case Type::kQuantity:
      quoted(text.empty() ? "0" : parts(text, "t")[0].text);
      return text.empty();
    case Type::kIntOrString:
      return int_or_string(text);
    case Type::kJson:
      return json(parts(text, "t")[0].text);
    case Type::kUnread:
      break;
  }
  return true;
}

template <std::size_t kSize>
std::array<JsonWriter::Part, kSize - 1> JsonWriter::parts(std::string_view wire, const char (&types)[kSize]) {
  std::array<Part, kSize - 1> out;
  Cursor cursor(wire);
  for (; !cursor.is_at_end(); cursor.next()) {
    if (cursor.number() > out.size()) {
      if (strangers_ == Strangers::kRefused) note_stranger(cursor.number());
      continue;
    }
    const std::size_t place = cursor.number() - 1;
    if (types[place] == (cursor.is_text() ? 'i' : 't')) note_malformed();
    out[place] = {cursor.text(), cursor.integer(), !cursor.is_text()};
  }
  if (cursor.is_broken()) note_malformed();
  return out;
}

bool JsonWriter::time(std::string_view wire) {
  const auto [seconds, nanoseconds] = parts(wire, "ii");
  if (wire.empty()) {
    out_ += "null";
    return true;
  }
  if (seconds.integer < kFirstSecond || seconds.integer > kLastSecond)
    note_malformed();
  else
    quoted(format_time(Time(std::chrono::seconds(seconds.integer))));
  return false;
}

bool JsonWriter::int_or_string(std::string_view wire) {
  const auto [is_string, number, text] = parts(wire, "iit");
  if (is_string.integer != 0)
    quoted(text.text);
  else
    integer(number.integer);
  return is_string.integer == 0 && number.integer == 0 && text.text.empty();
}

void JsonWriter::note_malformed() {
  if (problem_.empty()) problem_ = fmt::format("{} is malformed", member_.empty() ? "it" : member_);
}

void JsonWriter::note_stranger(std::uint32_t number) {
  if (problem_.empty())
    problem_ = fmt::format("field {} in or after {} is not known to this version of Gyre", number,
                           member_.empty() ? "the beginning" : member_);
}

// Others' JSON, which could be anything.
bool JsonWriter::json(std::string_view raw) {
  thread_local simdjson::dom::parser parser;
  if (!raw.empty() && parser.parse(raw.data(), raw.size()).error() != simdjson::SUCCESS) note_malformed();
  out_ += raw.empty() ? "null" : raw;
  return raw.empty();
}

void JsonWriter::name(std::string_view text) {
  comma();
  quoted(text);
  out_ += ':';
}

void JsonWriter::comma() {
  if (out_.back() != '{' && out_.back() != '[') out_ += ',';
}

void JsonWriter::quoted(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return quoted(to_utf8(text));
  constexpr char kHex[] = "0123456789abcdef";
  out_ += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (is_plain(c)) continue;
    out_.append(text.substr(from, i - from));
    from = i + 1;
    if (c >= ' ')
      out_.append({'\\', text[i]});
    else if (c == '\n')
      out_ += "\\n";
    else
      out_.append({'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]});
  }
  out_.append(text.substr(from)).append("\"");
}

void JsonWriter::integer(std::int64_t number) {
  char digits[24];
  out_.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

}  // namespace gyre::kube::protobuf

#include "operator/kube/watch_event.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "operator/base/utf8.h"
#include "operator/kube/protobuf/cursor.h"
#include "operator/kube/protobuf/object.h"
#include "operator/kube/status_error.h"

namespace gyre::kube {
namespace {

using Element = simdjson::dom::element;
using Members = simdjson::dom::object;

// The fields of a metav1.WatchEvent and of the runtime.RawExtension in it, in protocol buffers.
constexpr std::uint32_t kEventType = 1, kEventObject = 2, kRaw = 1;

std::optional<FrameType> parse_type(std::string_view text) {
  if (text == "ADDED") return FrameType::kAdded;
  if (text == "MODIFIED") return FrameType::kModified;
  if (text == "DELETED") return FrameType::kDeleted;
  if (text == "BOOKMARK") return FrameType::kBookmark;
  return std::nullopt;
}

bool is_change(FrameType type) { return type == FrameType::kAdded || type == FrameType::kModified; }

std::unexpected<Error> bad_frame(std::string_view why, std::string_view line) {
  return fail(Code::kInternal, "BadWatchFrame", fmt::format("{}: {}", why, excerpt(line, 200)));
}

// The members of a JSON object, by this thread's own parser: they live until its next call.
std::optional<Members> parse(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  Members root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  return root;
}

std::string_view text_at(const Members& members, std::string_view name) {
  std::string_view out;
  return members.at_key(name).get(out) == simdjson::SUCCESS ? out : std::string_view();
}

std::optional<Members> members_at(const Members& members, std::string_view name) {
  Members out;
  return members.at_key(name).get(out) == simdjson::SUCCESS ? std::optional(out) : std::nullopt;
}

void write_name(std::string& out, std::string_view name) {
  const bool plain =
      std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= ' ' && c != '"' && c != '\\'; });
  if (plain)
    out.append("\"").append(name).append("\":");
  else
    out.append(nlohmann::json(name).dump()).append(":");
}

// All members but `dropped`; `write` writes a value itself, or says no to have it written as it is.
template <class Write>
void write_members(std::string& out, const Members& members, std::string_view dropped, Write write) {
  char separator = '{';
  for (const auto [name, value] : members) {
    if (name == dropped) continue;
    out += separator;
    separator = ',';
    write_name(out, name);
    if (!write(name, value)) out += simdjson::to_string(Element(value));
  }
  out += separator == '{' ? "{}" : "}";
}

constexpr auto kAsItIs = [](std::string_view, const Element&) { return false; };

// What `trimmed` leaves of an object, and a hash of its content.
struct Trimmed {
  std::string& text;
  ContentHash content;

  // Takes a field whose value was written since `from` into the hash.
  void count(std::string_view name, std::size_t from) {
    content.add(name);
    content.add(std::string_view(text).substr(from));
  }
};

bool is_content(std::string_view metadata_field) {
  return metadata_field != "resourceVersion" && metadata_field != "generation";
}

// Grows this thread's own room for it, and not a new one for each object: the text lives until the next call.
Trimmed trimmed(const Members& object) {
  thread_local std::string room;
  room.clear();
  Trimmed out{room};
  const auto annotations = [&out](const Element& value) {
    Members members;
    if (value.get(members) != simdjson::SUCCESS) return false;
    write_members(out.text, members, kLastApplied, kAsItIs);
    return true;
  };
  const auto metadata_field = [&](std::string_view name, const Element& value) {
    const std::size_t from = out.text.size();
    if (name != "annotations" || !annotations(value)) out.text += simdjson::to_string(value);
    if (is_content(name)) out.count(name, from);
    return true;
  };
  const auto field = [&](std::string_view name, const Element& value) {
    const std::size_t from = out.text.size();
    Members metadata;
    if (name == "metadata" && value.get(metadata) == simdjson::SUCCESS) {
      write_members(out.text, metadata, "managedFields", metadata_field);
    } else {
      out.text += simdjson::to_string(value);
      if (name != "status") out.count(name, from);
    }
    return true;
  };
  write_members(out.text, object, "", field);
  return out;
}

RawObject read_identity(const Members& object) {
  RawObject out;
  if (const auto metadata = members_at(object, "metadata")) {
    out.key = {std::string(text_at(*metadata, "namespace")), std::string(text_at(*metadata, "name"))};
    out.version = text_at(*metadata, "resourceVersion");
  }
  return out;
}

RawObject read_object(const Members& object) {
  RawObject out = read_identity(object);
  const Trimmed kept = trimmed(object);
  out.text = kept.text;
  out.content = kept.content.value();
  return out;
}

bool ends_initial_events(const Members& bookmark) {
  const auto metadata = members_at(bookmark, "metadata");
  const auto annotations = metadata ? members_at(*metadata, "annotations") : std::nullopt;
  return annotations && text_at(*annotations, kInitialEventsEnd) == "true";
}

std::unexpected<Error> error_frame(const Members& object) {
  std::int64_t code = 0;
  const bool has_code = object.at_key("code").get(code) == simdjson::SUCCESS;
  return fail(error_from_response(has_code ? static_cast<long>(code) : 500, simdjson::to_string(object), std::nullopt));
}

// JSON has no line that begins so: this is the tag of the event's type.
bool is_protobuf(std::string_view frame) { return frame.starts_with('\n'); }

Result<WatchEvent> parse_protobuf_event(std::string_view frame, const IsKnown& is_known) {
  const std::string_view name = protobuf::text_of(frame, kEventType);
  const auto object = protobuf::open(protobuf::text_of(protobuf::text_of(frame, kEventObject), kRaw));
  if (!object) return fail(object.error());
  if (name == "ERROR") {
    const Result<std::string> status = protobuf::status_to_json(*object);
    if (!status) return fail(status.error());
    const auto members = parse(*status);
    return members ? error_frame(*members) : bad_frame("a watch frame holds an unreadable error", *status);
  }
  const auto type = parse_type(name);
  if (!type) return bad_frame("a watch frame has an unknown type", name);
  RawObject identity = protobuf::identity_of(*object);
  if (identity.version.empty()) return bad_frame("a watch frame's object has no version", name);
  if (*type == FrameType::kBookmark)
    return WatchEvent{*type, std::move(identity), protobuf::has_annotation(*object, kInitialEventsEnd, "true")};
  // Of what is gone, nobody asks more.
  if (*type == FrameType::kDeleted || (is_known && is_known(identity.key, identity.version)))
    return WatchEvent{*type, std::move(identity)};
  Result<RawObject> whole = protobuf::to_raw_object(*object);
  if (!whole) return fail(std::move(whole).error());
  return WatchEvent{*type, *std::move(whole)};
}

}  // namespace

Result<WatchEvent> parse_watch_event(std::string_view frame, const IsKnown& is_known) {
  if (is_protobuf(frame)) return parse_protobuf_event(frame, is_known);
  const auto members = parse(frame);
  if (!members) return bad_frame("a watch frame is not a JSON object", frame);
  const std::string_view name = text_at(*members, "type");
  const auto object = members_at(*members, "object");
  if (name.empty() || !object) return bad_frame("a watch frame lacks type or object", frame);
  if (name == "ERROR") return error_frame(*object);
  const auto type = parse_type(name);
  if (!type) return bad_frame("a watch frame has an unknown type", frame);
  if (is_known && is_change(*type)) {
    RawObject identity = read_identity(*object);
    if (is_known(identity.key, identity.version)) return WatchEvent{*type, std::move(identity)};
  }
  return WatchEvent{*type, read_object(*object), *type == FrameType::kBookmark && ends_initial_events(*object)};
}

Result<ListPage> parse_list(std::string_view text) {
  const auto root = parse(text);
  const auto metadata = root ? members_at(*root, "metadata") : std::nullopt;
  if (!metadata) return fail(Code::kUnavailable, "BadList", fmt::format("a list is not one: {}", excerpt(text, 200)));
  ListPage page;
  page.version = text_at(*metadata, "resourceVersion");
  page.next = text_at(*metadata, "continue");
  simdjson::dom::array items;
  if (root->at_key("items").get(items) == simdjson::SUCCESS)
    for (const Element item : items)
      if (Members object; item.get(object) == simdjson::SUCCESS) page.items.push_back(read_object(object));
  return page;
}

Result<RawObject> parse_object(std::string_view text) {
  if (protobuf::is_sealed(text)) {
    const auto object = protobuf::open(text);
    return object ? protobuf::to_raw_object(*object) : fail(object.error());
  }
  const auto root = parse(text);
  if (!root) return fail(Code::kInternal, "NotAnObject", fmt::format("not a JSON object: {}", excerpt(text, 200)));
  return read_object(*root);
}

}  // namespace gyre::kube

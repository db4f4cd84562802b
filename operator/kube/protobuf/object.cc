#include "operator/kube/protobuf/object.h"

#include <fmt/format.h>

#include <algorithm>

#include "operator/base/utf8.h"
#include "operator/kube/protobuf/cursor.h"
#include "operator/kube/protobuf/json_writer.h"

namespace gyre::kube::protobuf {
namespace {

constexpr std::string_view kMagic("k8s\0", 4);

// The numbers of fields that are looked at without the tables.
namespace unknown {
constexpr std::uint32_t kTypeMeta = 1, kRaw = 2, kContentEncoding = 3;
}  // namespace unknown
namespace type_meta {
constexpr std::uint32_t kApiVersion = 1, kKind = 2;
}  // namespace type_meta
namespace object_meta {
constexpr std::uint32_t kName = 1, kNamespace = 3, kResourceVersion = 6, kGeneration = 7, kAnnotations = 12,
                        kManagedFields = 17;
}  // namespace object_meta
namespace map_entry {
constexpr std::uint32_t kKey = 1, kValue = 2;
}  // namespace map_entry
constexpr std::uint32_t kMetadata = 1;

constexpr std::string_view kStatus = "Status";
constexpr std::size_t kQuoted = 100;

const Root* find_root(std::string_view group, std::string_view version, std::string_view kind) {
  const auto found = std::ranges::find_if(
      roots(), [&](const Root& root) { return root.kind == kind && root.version == version && root.group == group; });
  return found == roots().end() ? nullptr : &*found;
}

const Root* find_root(std::string_view api_version, std::string_view kind) {
  const std::size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return find_root("", api_version, kind);
  return find_root(api_version.substr(0, slash), api_version.substr(slash + 1), kind);
}

bool is_status(const Root& root, std::uint32_t number) {
  const auto found = std::ranges::find(root.message->fields, number, &Field::number);
  return found != root.message->fields.end() && found->name == "status";
}

bool is_content(std::uint32_t metadata_field) {
  return metadata_field != object_meta::kResourceVersion && metadata_field != object_meta::kGeneration &&
         metadata_field != object_meta::kManagedFields;
}

// The API server encodes what is equal equally: map entries are sorted.
std::uint64_t content_of(const Sealed& object) {
  ContentHash hash;
  const auto add = [&hash](const Cursor& field) {
    const auto number = static_cast<char>(field.number());
    hash.add({&number, 1});
    const std::int64_t integer = field.integer();
    hash.add(field.is_text() ? field.text() : std::string_view(reinterpret_cast<const char*>(&integer), 8));
  };
  for (Cursor field(object.message); !field.is_at_end(); field.next()) {
    if (!field.is_at(kMetadata)) {
      if (!is_status(*object.root, field.number())) add(field);
      continue;
    }
    for (Cursor meta(field.text()); !meta.is_at_end(); meta.next()) {
      const bool is_left_out =
          meta.is_at(object_meta::kAnnotations) && text_of(meta.text(), map_entry::kKey) == kLastApplied;
      if (is_content(meta.number()) && !is_left_out) add(meta);
    }
  }
  return hash.value();
}

std::unexpected<Error> not_in_tables(std::string_view kind, std::string_view why) {
  return fail(Code::kInternal, std::string(kNotInTables), fmt::format("{} in protocol buffers: {}", kind, why));
}

}  // namespace

bool is_known(const Kind& kind) { return find_root(kind.group, kind.version, kind.kind) != nullptr; }

bool is_sealed(std::string_view bytes) { return bytes.starts_with(kMagic); }

Result<Sealed> open(std::string_view bytes) {
  std::string_view type;
  Sealed out;
  bool has_message = false, is_plain = true;
  Cursor field(is_sealed(bytes) ? bytes.substr(kMagic.size()) : std::string_view());
  for (; !field.is_at_end(); field.next()) {
    if (field.is_at(unknown::kTypeMeta)) type = field.text();
    if (field.is_at(unknown::kContentEncoding)) is_plain = field.text().empty();
    if (!field.is_at(unknown::kRaw)) continue;
    has_message = field.is_text();
    out.message = field.text();
  }
  if (field.is_broken() || !has_message)
    return fail(Code::kInternal, "NotAnObject", "the answer is not a whole object");
  const std::string_view kind = text_of(type, type_meta::kKind);
  out.root = find_root(text_of(type, type_meta::kApiVersion), kind);
  if (!is_plain) return not_in_tables(excerpt(kind, kQuoted), "its encoding is not known to this version of Gyre");
  if (!out.root) return not_in_tables(excerpt(kind, kQuoted), "the kind is not known to this version of Gyre");
  return out;
}

Result<std::string> status_to_json(const Sealed& status) {
  if (status.root->kind != kStatus) return not_in_tables(status.root->kind, "it is no refusal");
  std::string out;
  JsonWriter writer(out, Strangers::kSkipped);
  writer.object(*status.root, status.message);
  if (writer.is_broken()) return not_in_tables(kStatus, writer.problem());
  return out;
}

Result<RawObject> to_raw_object(const Sealed& object) {
  // Room that grows once, and not for each object.
  thread_local std::string room;
  room.clear();
  JsonWriter writer(room, Strangers::kRefused, kLastApplied);
  writer.object(*object.root, object.message);
  if (writer.is_broken()) return not_in_tables(object.root->kind, writer.problem());
  RawObject out = identity_of(object);
  out.text = room;
  out.content = content_of(object);
  return out;
}

RawObject identity_of(const Sealed& object) {
  RawObject out;
  // Its metadata are those of a list.
  if (object.root->kind == kStatus) return out;
  for (Cursor field(text_of(object.message, kMetadata)); !field.is_at_end(); field.next()) {
    if (field.is_at(object_meta::kName)) out.key.name = field.text();
    if (field.is_at(object_meta::kNamespace)) out.key.namespace_ = field.text();
    if (field.is_at(object_meta::kResourceVersion)) out.version = field.text();
  }
  return out;
}

bool has_annotation(const Sealed& object, std::string_view name, std::string_view value) {
  for (Cursor field(text_of(object.message, kMetadata)); !field.is_at_end(); field.next())
    if (field.is_at(object_meta::kAnnotations) && text_of(field.text(), map_entry::kKey) == name)
      return text_of(field.text(), map_entry::kValue) == value;
  return false;
}

}  // namespace gyre::kube::protobuf

// Protocol buffers from the API server: an object, alone and in a watch; and all of it as a watch's stream.

#include "tests/support/protobuf.h"

#include <string>

#include "operator/base/utf8.h"
#include "operator/kube/protobuf/object.h"
#include "operator/kube/watch_event.h"
#include "tests/fuzz/cut.h"
#include "tests/fuzz/fuzz.h"

namespace gyre::kube {
namespace {

using nlohmann::json;

void check_object(std::string_view sealed) {
  const auto opened = protobuf::open(sealed);
  if (!opened) return fuzz::check_error(opened.error());
  const protobuf::Root& root = *opened->root;
  if (const auto status = protobuf::status_to_json(*opened)) CHECK(json::parse(*status).is_object());
  const Result<RawObject> object = parse_object(sealed);
  if (!object) return fuzz::check_error(object.error());
  if (object->version.empty()) return;
  const Result<WatchEvent> event = parse_watch_event(support::watch_frame("MODIFIED", sealed));
  CHECK(event && event->object.text == object->text && event->object.key == object->key &&
        event->object.content == object->content);
  const json read = json::parse(object->text);
  CHECK(read.is_object() && read["kind"] == root.kind && read.contains("apiVersion"));
  CHECK(read["metadata"].value("name", "") == to_utf8(object->key.name));
  CHECK(read["metadata"].value("resourceVersion", "") == to_utf8(object->version));
}

void check_stream(std::string_view bytes) {
  for (const std::string& frame : fuzz::cut_any_way(bytes, Framing::kPrefixed).frames)
    if (const Result<WatchEvent> event = parse_watch_event(frame); !event) fuzz::check_error(event.error());
}

}  // namespace
}  // namespace gyre::kube

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = gyre::fuzz::text_of(data, size);
  gyre::kube::check_stream(bytes);
  gyre::kube::check_object(bytes);
  return 0;
}

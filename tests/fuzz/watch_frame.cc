// Bytes of a watch: cut into lines, each a frame. And as the answer to a list.

#include <fmt/format.h>

#include <string>

#include "operator/kube/watch_event.h"
#include "tests/fuzz/cut.h"
#include "tests/fuzz/fuzz.h"

namespace gyre::kube {
namespace {

using nlohmann::json;

const char* name_of(FrameType type) {
  switch (type) {
    case FrameType::kAdded:
      return "ADDED";
    case FrameType::kModified:
      return "MODIFIED";
    case FrameType::kDeleted:
      return "DELETED";
    case FrameType::kBookmark:
      return "BOOKMARK";
  }
  return "";
}

bool is_same(const RawObject& a, const RawObject& b) {
  return a.key == b.key && a.version == b.version && a.text == b.text;
}

// What is kept is JSON to others too, and loses nothing more when it is read again.
void check_object(const RawObject& object) {
  CHECK(json::parse(object.text).is_object());
  const Result<RawObject> again = parse_object(object.text);
  CHECK(again && is_same(*again, object));
}

void check_list(std::string_view bytes) {
  const Result<ListPage> page = parse_list(bytes);
  if (!page) return fuzz::check_error(page.error());
  for (const RawObject& item : page->items) check_object(item);
}

void check_frame(const std::string& line) {
  const Result<WatchEvent> event = parse_watch_event(line);
  if (!event) {
    fuzz::check_error(event.error());
    CHECK(event.error().retry_after_seconds.value_or(0) >= 0);
    CHECK(event.error().retry_after_seconds.value_or(0) <= 24 * 3600);
    return;
  }
  check_object(event->object);
  const Result<WatchEvent> again =
      parse_watch_event(fmt::format(R"({{"type":"{}","object":{}}})", name_of(event->type), event->object.text));
  CHECK(again && again->type == event->type && again->ends_initial_events == event->ends_initial_events);
  CHECK(is_same(again->object, event->object));
}

}  // namespace
}  // namespace gyre::kube

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = gyre::fuzz::text_of(data, size);
  for (const std::string& line : gyre::fuzz::cut_any_way(bytes, gyre::kube::Framing::kLines).frames)
    gyre::kube::check_frame(line);
  // What a server sends before it goes away has no newline.
  gyre::kube::check_frame(std::string(bytes.substr(bytes.rfind('\n') + 1)));
  gyre::kube::check_list(bytes);
  return 0;
}

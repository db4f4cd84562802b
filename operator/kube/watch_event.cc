#include "operator/kube/watch_event.h"

#include <fmt/format.h>

#include "operator/kube/status_error.h"

namespace gyre::kube {
namespace {

std::optional<FrameType> parse_type(std::string_view text) {
  if (text == "ADDED") return FrameType::kAdded;
  if (text == "MODIFIED") return FrameType::kModified;
  if (text == "DELETED") return FrameType::kDeleted;
  if (text == "BOOKMARK") return FrameType::kBookmark;
  return std::nullopt;
}

std::unexpected<Error> bad_frame(std::string_view why, std::string_view line) {
  return fail(Code::kInternal, "BadWatchFrame", fmt::format("{}: {}", why, line.substr(0, 200)));
}

}  // namespace

Result<WatchEvent> parse_watch_event(std::string_view line) {
  nlohmann::json frame = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!frame.is_object()) return bad_frame("a watch frame is not a JSON object", line);
  const auto type = frame.find("type");
  const auto object = frame.find("object");
  if (type == frame.end() || !type->is_string() || object == frame.end() || !object->is_object())
    return bad_frame("a watch frame lacks type or object", line);
  const std::string& name = type->get_ref<const std::string&>();
  if (name == "ERROR") {
    const auto code = object->find("code");
    const long status = code != object->end() && code->is_number_integer() ? code->get<long>() : 500;
    return fail(error_from_response(status, object->dump(), std::nullopt));
  }
  const auto parsed = parse_type(name);
  if (!parsed) return bad_frame("a watch frame has an unknown type", line);
  return WatchEvent{*parsed, std::move(*object)};
}

void trim_metadata(nlohmann::json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return;
  metadata->erase("managedFields");
  const auto annotations = metadata->find("annotations");
  if (annotations != metadata->end() && annotations->is_object())
    annotations->erase("kubectl.kubernetes.io/last-applied-configuration");
}

}  // namespace gyre::kube

#include "operator/collector/window_store.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "controllers/common/metadata.h"
#include "operator/collector/api_failure.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

constexpr char kManager[] = "gyre-collector";
constexpr Kind kConfigMap = kind_of(Type<ConfigMap>{});
constexpr int kTries = 3;

// Somebody wrote in between, or our own write's answer was lost: what is there now has to be read.
bool is_stale(Code code) {
  return code == Code::kConflict || code == Code::kAlreadyExists || code == Code::kNotFound || code == Code::kTimeout;
}

// Whether these very bytes are refused for ever. Policies deny in the same code, but people change policies.
bool is_unwritable(const Error& error) {
  const auto says = [&](std::string_view words) { return error.message.find(words) != std::string::npos; };
  if (says("admission webhook \"") || says("ValidatingAdmissionPolicy '")) return false;
  return error.code == Code::kInvalid && (error.reason == "Invalid" || error.reason == "RequestEntityTooLarge");
}

std::unexpected<Error> unreadable(const Key& window, std::string_view why) {
  return fail(Code::kConflict, "WindowUnreadable",
              fmt::format("ConfigMap {}: {}; delete it to begin that window anew", window.text(), why));
}

bool belongs_to(const ConfigMap& map, const DriftMonitor& monitor) {
  return is_controlled_by(map.metadata, monitor.metadata.uid);
}

Result<wire::WindowCounts> parse_window(const ConfigMap& map) {
  const auto text = map.data.find(wire::kWindowKey);
  const Json document = text == map.data.end() ? Json() : Json::parse(text->second, nullptr, false);
  return schema::from_json<wire::WindowCounts>(document);
}

struct Total {
  wire::WindowCounts window;
  int added = 0;
  int mismatched = 0;
};

Total total_of(wire::WindowCounts window, const std::vector<Arrival>& arrivals) {
  Total out{std::move(window)};
  for (const Arrival& each : arrivals) {
    Sum sum = add(std::move(out.window), each.pod_uid, *each.bucket);
    out.window = std::move(sum.window);
    out.added += sum.added == Added::kAdded ? 1 : 0;
    out.mismatched += sum.added == Added::kMismatch ? 1 : 0;
  }
  return out;
}

}  // namespace

Result<int> WindowStore::add(const Slot& slot, const std::vector<Arrival>& arrivals) {
  Error last;
  for (int tries = 0; tries < kTries; ++tries) {
    Result<Stored> stored = load(slot);
    if (!stored) return fail(std::move(stored).error());
    Total total = total_of(std::move(stored->window), arrivals);
    if (total.added == 0) return total.mismatched;
    stored->window = std::move(total.window);
    const Result<void> written = write(slot, *std::move(stored));
    if (written) return total.mismatched;
    known_.erase(slot.key);
    last = written.error();
    if (!is_stale(last.code)) break;
  }
  if (is_unwritable(last)) return fail(std::move(last));
  return fail_for_now(last);
}

void WindowStore::forget_before(Time end) {
  std::erase_if(known_, [&](const auto& each) {
    const wire::WindowCounts& window = each.second.window;
    return Time(std::chrono::seconds(window.start + window.seconds)) < end;
  });
}

Result<WindowStore::Stored> WindowStore::load(const Slot& slot) {
  const auto found = known_.find(slot.key);
  if (found != known_.end()) return found->second;
  return read(slot);
}

Result<WindowStore::Stored> WindowStore::read(const Slot& slot) {
  const Result<Json> live = api_.get(kConfigMap, slot.key);
  if (!live && live.error().code == Code::kNotFound) return Stored{slot.empty, "", ""};
  if (!live) return fail_for_now(live.error());
  const Result<ConfigMap> map = schema::from_json<ConfigMap>(*live);
  if (!map) return unreadable(slot.key, map.error().message);
  if (!belongs_to(*map, *slot.monitor))
    return fail(Code::kConflict, "ForeignObject",
                fmt::format("ConfigMap {} is not DriftMonitor {}'s; delete or rename it", slot.key.text(),
                            slot.monitor->metadata.name));
  Result<wire::WindowCounts> window = parse_window(*map);
  if (!window) return unreadable(slot.key, fmt::format("{}: {}", wire::kWindowKey, window.error().message));
  return Stored{*std::move(window), map->metadata.uid, map->metadata.resource_version};
}

Result<void> WindowStore::write(const Slot& slot, Stored stored) {
  Result<kube::RawObject> answer;
  if (stored.uid.empty())
    answer =
        api_.create(kConfigMap, schema::to_json(make_window(*slot.monitor, slot.key.name, stored.window)), kManager);
  else
    // UID and resourceVersion make it a conflict when another replica, or a person, wrote since we read.
    answer = api_.patch(kConfigMap, slot.key,
                        {{"metadata", {{"uid", stored.uid}, {"resourceVersion", stored.resource_version}}},
                         {"data", {{wire::kWindowKey, schema::to_json(stored.window).dump()}}}},
                        kManager);
  if (!answer) return fail(answer.error());
  stored.uid = Json::parse(answer->text).value(Json::json_pointer("/metadata/uid"), "");
  stored.resource_version = answer->version;
  known_.insert_or_assign(slot.key, std::move(stored));
  return {};
}

}  // namespace gyre::collector

#include "operator/runtime/events.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "operator/base/digest.h"
#include "operator/runtime/log.h"

namespace gyre::runtime {
namespace {

constexpr Kind kEvent{"events.k8s.io", "v1", "Event", "events"};
constexpr Duration kSeries = std::chrono::minutes(10);
constexpr std::size_t kLongestNote = 1024;  // The API server's limit, in bytes.

std::string cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit - 3;
  // Never in the middle of a UTF-8 character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

const char* name_of(EventType type) { return type == EventType::kWarning ? "Warning" : "Normal"; }

}  // namespace

Labels event_labels(std::string_view kind, EventType type, std::string_view reason) {
  return {{"kind", std::string(kind)}, {"type", name_of(type)}, {"reason", std::string(reason)}};
}

EventRecorder::EventRecorder(Api& api, const Clock& clock, Metrics& metrics, std::string instance)
    : api_(api), clock_(clock), metrics_(metrics), instance_(std::move(instance)) {
  metrics_.declare_counter(kEventsTotal, "Events about our objects by kind, type and reason.");
}

bool EventRecorder::is_repeated(const std::string& what) {
  const std::size_t hash = std::hash<std::string>{}(what);
  const std::lock_guard lock(mutex_);
  const Time now = clock_.now();
  // A clock that was set back says of none how old it is.
  const auto is_old = [now](const Written& each) { return now - each.at >= kSeries || each.at > now; };
  for (; !line_.empty() && is_old(line_.front()); line_.pop_front()) written_.erase(line_.front().hash);
  const bool is_new = written_.insert(hash).second;
  if (is_new) line_.push_back({now, hash});
  return !is_new;
}

void EventRecorder::record(const Kind& kind, const ObjectMeta& regarding, const EventNote& note) {
  const std::string what = fmt::format("{}/{}/{}", regarding.uid, note.reason, note.note);
  if (is_repeated(what)) return;
  metrics_.add(kEventsTotal, event_labels(kind.kind, note.type, note.reason));
  const std::string now = format_micro_time(clock_.now());
  const nlohmann::json event = {{"apiVersion", kEvent.api_version()},
                                {"kind", kEvent.kind},
                                {"metadata",
                                 {{"namespace", regarding.namespace_},
                                  {"name", fmt::format("{}.{}", regarding.name.substr(0, 200), hash8(what + now))}}},
                                {"eventTime", now},
                                {"type", name_of(note.type)},
                                {"reason", note.reason},
                                {"action", note.action.empty() ? note.reason : note.action},
                                {"note", cut(note.note, kLongestNote)},
                                {"reportingController", "gyre.dev/operator"},
                                {"reportingInstance", cut(instance_, 128)},
                                {"regarding",
                                 {{"apiVersion", kind.api_version()},
                                  {"kind", kind.kind},
                                  {"namespace", regarding.namespace_},
                                  {"name", regarding.name},
                                  {"uid", regarding.uid},
                                  {"resourceVersion", regarding.resource_version}}}};
  const auto written = api_.create(kEvent, event, "gyre-operator");
  // The name is this Event's alone: when it is taken, the Event was written and only the answer was lost.
  if (!written && written.error().code != Code::kAlreadyExists)
    log::warn("Event not written",
              {{"object", regarding.name}, {"reason", note.reason}, {"error", written.error().message}});
}

}  // namespace gyre::runtime

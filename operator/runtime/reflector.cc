#include "operator/runtime/reflector.h"

#include <fmt/format.h>

#include "operator/base/caught.h"
#include "operator/base/stopwatch.h"
#include "operator/base/wait.h"
#include "operator/kube/status_error.h"
#include "operator/runtime/encoding.h"
#include "operator/runtime/log.h"

namespace gyre::runtime {
namespace {

constexpr int kPageSize = 500;
constexpr int kIdleClosesBeforeRelist = 3;
constexpr int kUnfinishedBeforeList = 3;
constexpr Duration kQuick = std::chrono::seconds(5);
constexpr Duration kGrace = std::chrono::seconds(30);
constexpr char kSilentWatch[] = "SilentWatch";

std::string label_selector(const Selection& selection) {
  std::string text;
  for (const auto& [label, value] : selection.match_labels)
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", label, value);
  return text;
}

bool means_no_watch_list(const Error& error) { return error.code == Code::kInvalid; }

}  // namespace

Reflector::Reflector(kube::Client& client, Cache::Entry& entry, std::string scope, const Clock& clock, Metrics& metrics,
                     Timing timing)
    : client_(client),
      entry_(entry),
      scope_(std::move(scope)),
      clock_(clock),
      metrics_(metrics),
      timing_(timing),
      random_(std::random_device{}()) {
  metrics_.declare_counter("gyre_watch_relists_total", "How often a cache was filled from nothing.");
  metrics_.declare_counter("gyre_watch_bad_objects_total", "Objects that could not be read and were skipped.");
  metrics_.declare_counter("gyre_watch_events_total", "Watch events by kind.");
}

void Reflector::run(std::stop_token stop) {
  while (!stop.stop_requested()) run_once(stop);
}

void Reflector::run_once(std::stop_token stop) {
  const Time started = clock_.now();
  const bool is_start = version_.empty();
  events_ = 0;
  const Result<void> result = caught([&] { return is_start ? start(stop) : watch(stop); });
  connected_ = false;
  staged_.reset();
  const bool lasted = clock_.now() - started >= kQuick;
  const bool closed = result || (result.error().code == Code::kTimeout && events_ > 0);
  if (closed && !is_start && events_ == 0 && !lasted) {
    note_empty_close();
    return pause(stop, {Code::kUnavailable, "EmptyWatch", "the watch was closed at once, with nothing in it", {}});
  }
  // What worked for a while is no part of a series of failures; a start alone shows nothing.
  if ((lasted && (!is_start || events_ > 0)) || (closed && !is_start)) failures_ = idle_closes_ = 0;
  if (closed || result.error().code == Code::kCancelled) return;
  if (result.error().code == Code::kGone || result.error().code == Code::kInternal) version_.clear();
  pause(stop, result.error());
}

// Some servers close instead of answering 410, and would do so for ever.
void Reflector::note_empty_close() {
  if (++idle_closes_ < kIdleClosesBeforeRelist) return;
  idle_closes_ = 0;
  version_.clear();
}

kube::Request Reflector::request(std::string verb) const {
  kube::Request request;
  request.path = kube::collection_path(kind(), scope_);
  request.verb = std::move(verb);
  request.resource = kube::resource_name(kind());
  if (const std::string selector = label_selector(entry_.store.selection()); !selector.empty())
    request.query.emplace_back("labelSelector", selector);
  return request;
}

Result<void> Reflector::start(std::stop_token stop) {
  metrics_.add("gyre_watch_relists_total", {{"resource", kube::resource_name(kind())}});
  if (method_ == Method::kList) return list(stop);
  staged_ = std::make_unique<ObjectStore::Snapshot>();
  kube::Request initial = request("watch");
  initial.query.insert(initial.query.end(), {{"sendInitialEvents", "true"}, {"resourceVersionMatch", "NotOlderThan"}});
  const Result<void> result = run_watch(std::move(initial), stop);
  const bool unfinished = is_initial();
  staged_.reset();
  if (!unfinished) {
    unfinished_ = 0;
    return result;
  }
  // A server without WatchList refuses the parameters. One that closes in the middle, or falls silent, may only be
  // going away, unless it does so again and again.
  const bool refused = !result && means_no_watch_list(result.error());
  const bool silent = !result && result.error().reason == kSilentWatch;
  if (refused || ((result || silent) && ++unfinished_ >= kUnfinishedBeforeList)) method_ = Method::kList;
  return result || method_ == Method::kList ? list(stop) : result;
}

Result<void> Reflector::list(std::stop_token stop) {
  ObjectStore::Snapshot fresh;
  std::string next, version;
  do {
    if (stop.stop_requested()) return fail(Code::kCancelled, "Cancelled", "stopping");
    kube::Request request_page = request("list");
    request_page.query.emplace_back("limit", std::to_string(kPageSize));
    if (!next.empty()) request_page.query.emplace_back("continue", next);
    const Result<std::string> answer = client_.send_text(request_page);
    if (!answer) return fail(answer.error());
    Result<kube::ListPage> page = kube::parse_list(*answer);
    if (!page) return fail(page.error());
    for (kube::RawObject& item : page->items) stage(fresh, std::move(item));
    next = page->next;
    version = page->version;
  } while (!next.empty());
  if (version.empty()) return fail(Code::kUnavailable, "BadList", "a list came without a resourceVersion");
  mark_fresh();
  entry_.store.replace(scope_, std::move(fresh), version);
  version_ = version;
  synced_ = true;
  ++events_;
  return {};
}

Result<void> Reflector::watch(std::stop_token stop) {
  kube::Request next = request("watch");
  next.query.emplace_back("resourceVersion", version_);
  return run_watch(std::move(next), stop);
}

Result<void> Reflector::run_watch(kube::Request request, std::stop_token stop) {
  const Duration lasts = random_between(timing_.shortest_watch, timing_.longest_watch);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lasts).count();
  request.query.insert(
      request.query.end(),
      {{"watch", "true"}, {"allowWatchBookmarks", "true"}, {"timeoutSeconds", std::to_string(seconds)}});
  // The server ends the watch; our own deadline is for a server that is gone without a word.
  request.timeout = lasts + kGrace;
  request.accept = client_.encoding_of(kind());
  stream_error_.reset();
  connected_ = true;
  // A stream that cannot be trusted any more is ended here: the server may keep it open for long.
  std::stop_source enough;
  const std::stop_callback forward(stop, [&enough] { enough.request_stop(); });
  Stopwatch silence;
  const auto take = [&](std::string_view frame) {
    on_frame(frame);
    silence = {};
    if (stream_error_) enough.request_stop();
  };
  const auto tick = [&] {
    if (!stream_error_) stream_error_ = silent_for(silence.elapsed());
    if (stream_error_) enough.request_stop();
  };
  const Result<void> ended = client_.watch(request, take, enough.get_token(), tick);
  if (ended) mark_fresh();
  if (stream_error_) return fail(*stream_error_);
  return ended;
}

// What is wrong with a watch that says nothing for so long.
std::optional<Error> Reflector::silent_for(Duration silence) const {
  const auto silent = [](std::string message) {
    return Error{Code::kUnavailable, kSilentWatch, std::move(message), std::nullopt};
  };
  if (is_initial() && silence >= timing_.longest_start)
    return silent(fmt::format("the API server has begun no list, or not gone on with it, for {}",
                              format_duration(timing_.longest_start)));
  if (sends_bookmarks_ && silence >= timing_.stale_after)
    return silent(
        fmt::format("no bookmark for {}, which should come every minute", format_duration(timing_.stale_after)));
  return std::nullopt;
}

void Reflector::on_frame(std::string_view frame) {
  if (stream_error_) return;
  const auto is_known = [this](const Key& key, std::string_view version) { return entry_.store.has(key, version); };
  Result<kube::WatchEvent> event = kube::parse_watch_event(frame, is_known);
  if (!event) {
    // What follows a frame that was lost cannot be trusted to be complete.
    stream_error_ = std::move(event).error();
    // JSON is the encoding that every API server has.
    if (stream_error_->code == Code::kInternal) ask_for_json(client_, kind(), *stream_error_);
    return;
  }
  mark_fresh();
  on_event(std::move(*event));
}

void Reflector::on_event(kube::WatchEvent event) {
  ++events_;
  if (event.type == kube::FrameType::kBookmark) return on_bookmark(event);
  metrics_.add("gyre_watch_events_total", {{"resource", kube::resource_name(kind())}});
  if (is_initial()) {
    if (event.type != kube::FrameType::kDeleted) return stage(*staged_, std::move(event.object));
    staged_->erase(event.object.key);
    return;
  }
  version_ = event.object.version;
  const Key key = event.object.key;
  Result<void> kept;
  if (event.type != kube::FrameType::kDeleted) kept = entry_.store.upsert(std::move(event.object));
  if (!kept) note_unreadable(key, kept.error());
  entry_.store.advance(scope_, version_);
  // After that, so that the late answer to a write of ours does not bring back what is gone. What cannot be read any
  // more is gone, too, rather than old: the next list would make that of it.
  if (event.type == kube::FrameType::kDeleted || !kept) entry_.store.erase(key, version_);
}

void Reflector::on_bookmark(const kube::WatchEvent& event) {
  if (!is_initial()) {
    sends_bookmarks_ = true;
    version_ = event.object.version;
    entry_.store.advance(scope_, version_);
    return;
  }
  // Until this bookmark the stream is an incomplete list, and starting over from its versions would lose the rest.
  if (!event.ends_initial_events) return;
  version_ = event.object.version;
  entry_.store.replace(scope_, std::move(*staged_), version_);
  staged_.reset();
  synced_ = true;
}

void Reflector::stage(ObjectStore::Snapshot& fresh, kube::RawObject object) {
  const Key key = object.key;
  if (const auto staged = entry_.store.stage(fresh, std::move(object)); !staged) note_unreadable(key, staged.error());
}

void Reflector::note_unreadable(const Key& key, const Error& error) {
  log::error("Object skipped: it cannot be read",
             {{"kind", std::string(kind().kind)}, {"object", key.text()}, {"error", error.message}});
  metrics_.add("gyre_watch_bad_objects_total", {{"resource", kube::resource_name(kind())}});
}

void Reflector::pause(std::stop_token stop, const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    last_error_ = error;
    if (error.code == Code::kForbidden && !refused_since_) refused_since_ = clock_.now();
    has_error_ = true;
  }
  Duration delay = timing_.first_backoff;
  for (int i = 0; i < failures_ && delay < timing_.longest_backoff; ++i) delay *= 2;
  ++failures_;
  delay = std::min(delay, timing_.longest_backoff);
  // A version that is no longer kept needs a fresh list, not patience.
  if (error.code == Code::kGone && failures_ == 1) return;
  const Duration asked(static_cast<Duration::rep>(error.retry_after_seconds.value_or(0) * 1000));
  delay = std::max(asked, random_between(delay / 2, delay));
  log::warn("Watch ended; will try again", {{"kind", std::string(kind().kind)},
                                            {"namespace", scope_.empty() ? "(all)" : scope_},
                                            {"error", error.message},
                                            {"retryIn", format_duration(delay)}});
  wait(stop, delay);
}

bool Reflector::is_stale() const {
  // A server that sends bookmarks does so every minute; of any other, a quiet watch says nothing.
  if (connected_ && !sends_bookmarks_) return false;
  return clock_.now() - Time(Duration(fresh_at_.load())) > timing_.stale_after;
}

std::optional<Error> Reflector::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

std::optional<Time> Reflector::refused_since() const {
  const std::lock_guard lock(mutex_);
  return refused_since_;
}

void Reflector::mark_fresh() {
  fresh_at_ = clock_.now().time_since_epoch().count();
  if (!has_error_.exchange(false)) return;
  const std::lock_guard lock(mutex_);
  last_error_.reset();
  refused_since_.reset();
}

Duration Reflector::random_between(Duration low, Duration high) {
  std::uniform_int_distribution<Duration::rep> pick(low.count(), std::max(low, high).count());
  return Duration(pick(random_));
}

}  // namespace gyre::runtime

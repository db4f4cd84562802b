#include "tests/support/fake_api_server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "operator/base/text.h"
#include "tests/support/object_storage.h"

namespace gyre::support {
namespace {

using Json = nlohmann::json;

constexpr int kThreads = 48;  // A watch holds one.

bool is_selected(const Json& object, const std::string& selector) {
  if (object.is_null()) return false;
  const Json labels = object["metadata"].value("labels", Json::object());
  for (const std::string& term : split(selector, ',')) {
    const std::size_t equals = term.find('=');
    if (equals == std::string::npos) continue;
    if (labels.value(term.substr(0, equals), "") != term.substr(equals + 1)) return false;
  }
  return true;
}

std::string frame(const char* type, const Json& object) {
  return Json{{"type", type}, {"object", object}}.dump() + "\n";
}

struct Watch {
  Target target;
  std::string selector;
  std::size_t next_event = 0;
  std::string ready;  // Bytes to send before anything else.
  std::uint64_t version = 0;
  enum class End { kNot, kOrderly, kBroken } end = End::kNot;

  bool wants(const StoredEvent& event) const {
    if (event.resource != target.resource) return false;
    const Json& any = event.after.is_null() ? event.before : event.after;
    return target.namespace_.empty() || any["metadata"].value("namespace", "") == target.namespace_;
  }

  // A change can move an object into or out of what is selected.
  std::string render(const StoredEvent& event) const {
    const bool before = is_selected(event.before, selector), after = is_selected(event.after, selector);
    if (!before && !after) return {};
    if (after) return frame(before ? "MODIFIED" : "ADDED", event.after);
    Json last = event.before;
    last["metadata"]["resourceVersion"] = std::to_string(event.version);
    return frame("DELETED", last);
  }

  std::string bookmark(std::uint64_t at, bool ends_initial) const {
    Json object = {{"kind", "Bookmark"},
                   {"apiVersion", target.api_version},
                   {"metadata", {{"resourceVersion", std::to_string(at)}}}};
    if (ends_initial) object["metadata"]["annotations"] = {{"k8s.io/initial-events-end", "true"}};
    return frame("BOOKMARK", object);
  }
};

}  // namespace

struct FakeApiServer::Impl {
  void serve(const httplib::Request& request, httplib::Response& response);
  void answer(const httplib::Request& request, httplib::Response& response);
  std::optional<Fault> next_fault(const std::string& method, const std::string& target);
  Answer write(const httplib::Request& request, const Target& target);
  Answer list(const httplib::Request& request, const Target& target);
  void start_watch(const httplib::Request& request, httplib::Response& response, const Target& target);
  bool feed(Watch& watch, httplib::DataSink& sink);
  std::string pending(Watch& watch);
  std::uint64_t version_of(const httplib::Request& request) const;
  Target target_of(const std::string& path) const { return parse_target(path).value(); }

  template <class Change>
  void each_watch(Change change) {
    const std::lock_guard lock(mutex);
    for (const auto& watch : watches) change(*watch);
    changed.notify_all();
  }

  mutable std::mutex mutex;
  std::condition_variable changed;
  ObjectStorage storage;
  std::vector<std::shared_ptr<Watch>> watches;
  std::vector<Fault> faults;
  std::vector<Call> calls;
  std::string token;
  std::function<void(Json&)> webhook = [](Json&) {};
  bool watch_list = true;
  bool stopping = false;
  httplib::Server http;
  int port = 0;
  std::jthread thread;
};

namespace {

void send(httplib::Response& response, const Answer& answer) {
  response.status = answer.status;
  response.set_content(answer.body.dump(), "application/json");
}

WriteOptions options_of(const httplib::Request& request) {
  WriteOptions options;
  if (request.has_param("fieldManager")) options.manager = request.get_param_value("fieldManager");
  return options;
}

WriteOptions preconditions_of(const Json& delete_options) {
  WriteOptions options;
  if (!delete_options.is_object()) return options;
  const Json wanted = delete_options.value("preconditions", Json::object());
  options.uid = wanted.value("uid", "");
  options.resource_version = wanted.value("resourceVersion", "");
  return options;
}

// Says more than it sends, so that the client sees the connection break before the answer is complete.
void lose(httplib::Response& response) {
  response.body.clear();
  response.status = 200;
  response.set_content_provider(1000, "application/json",
                                [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
}

}  // namespace

void FakeApiServer::Impl::serve(const httplib::Request& request, httplib::Response& response) {
  std::optional<Fault> fault;
  {
    std::unique_lock lock(mutex);
    calls.push_back({request.method, request.target, request.body});
    fault = next_fault(request.method, request.target);
    if (fault && fault->delay.count() > 0) changed.wait_for(lock, fault->delay, [this] { return stopping; });
  }
  if (fault && fault->status != 0) {
    response.status = fault->status;
    if (!fault->retry_after.empty()) response.set_header("Retry-After", fault->retry_after);
    return response.set_content(fault->body, "application/json");
  }
  answer(request, response);
  if (fault && fault->lose_answer) lose(response);
}

std::optional<Fault> FakeApiServer::Impl::next_fault(const std::string& method, const std::string& target) {
  for (Fault& fault : faults) {
    const bool fits = (fault.method.empty() || fault.method == method) && target.find(fault.part) != std::string::npos;
    if (!fits || fault.times == 0) continue;
    --fault.times;
    return fault;
  }
  return std::nullopt;
}

void FakeApiServer::Impl::answer(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard lock(mutex);
  if (!token.empty() && request.get_header_value("Authorization") != "Bearer " + token)
    return send(response, refusal(401, "Unauthorized", "Unauthorized"));
  const std::optional<Target> target = parse_target(request.path);
  if (!target) return send(response, refusal(404, "NotFound", "the server could not find the requested resource"));
  if (request.method != "GET") {
    send(response, write(request, *target));
    return changed.notify_all();
  }
  if (!target->name.empty()) return send(response, storage.get(*target));
  if (request.get_param_value("watch") == "true") return start_watch(request, response, *target);
  send(response, list(request, *target));
}

Answer FakeApiServer::Impl::write(const httplib::Request& request, const Target& target) {
  Json body = request.body.empty() ? Json() : Json::parse(request.body, nullptr, false);
  if (body.is_discarded()) return refusal(400, "BadRequest", "the body is not JSON");
  if (request.method == "DELETE") return storage.remove(target, preconditions_of(body));
  if (!body.is_object()) return refusal(400, "BadRequest", "the body is not an object");
  const WriteOptions options = options_of(request);
  if (request.method == "POST") {
    webhook(body);
    return storage.create(target, body, options);
  }
  if (request.method == "PUT") return storage.update(target, body, options);
  const std::string type = request.get_header_value("Content-Type");
  if (type == "application/merge-patch+json") return storage.merge_patch(target, body, options);
  if (type != "application/apply-patch+yaml") return refusal(415, "UnsupportedMediaType", type);
  if (!request.has_param("fieldManager"))
    return refusal(422, "Invalid", "fieldManager: Required value: is required for apply patch");
  webhook(body);
  return storage.apply(target, body, options);
}

// Pages go on after the last key of the one before: "<version> <namespace> <name>".
Answer FakeApiServer::Impl::list(const httplib::Request& request, const Target& target) {
  const std::string limit_text = request.get_param_value("limit");
  const std::size_t limit = limit_text.empty() ? 0 : std::stoul(limit_text);
  std::uint64_t version = storage.version();
  std::string after;
  if (const std::string token = request.get_param_value("continue"); !token.empty()) {
    const std::size_t space = token.find(' ');
    version = std::stoull(token.substr(0, space));
    after = token.substr(space + 1);
    if (version < storage.oldest())
      return refusal(410, "Expired", "The provided continue parameter is too old to display a consistent list result");
  }
  Json items = Json::array();
  std::string next, last;
  for (const Json& object : storage.list(target)) {
    const Json& metadata = object["metadata"];
    const std::string place = metadata.value("namespace", "") + " " + metadata.value("name", "");
    if ((!after.empty() && place <= after) || !is_selected(object, request.get_param_value("labelSelector"))) continue;
    if (limit != 0 && items.size() == limit) {
      next = fmt::format("{} {}", version, last);
      break;
    }
    items.push_back(object);
    last = place;
  }
  Json metadata = {{"resourceVersion", std::to_string(version)}};
  if (!next.empty()) metadata["continue"] = next;
  return {200, {{"apiVersion", target.api_version}, {"kind", "List"}, {"metadata", metadata}, {"items", items}}};
}

std::uint64_t FakeApiServer::Impl::version_of(const httplib::Request& request) const {
  const std::string text = request.get_param_value("resourceVersion");
  return text.empty() || text == "0" ? storage.version() : std::stoull(text);
}

void FakeApiServer::Impl::start_watch(const httplib::Request& request, httplib::Response& response,
                                      const Target& target) {
  const bool initial = request.get_param_value("sendInitialEvents") == "true";
  if (initial && !watch_list)
    return send(response, refusal(422, "Invalid", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden"));
  auto watch = std::make_shared<Watch>();
  watch->target = target;
  watch->selector = request.get_param_value("labelSelector");
  watch->version = version_of(request);
  if (initial) {
    watch->version = storage.version();
    for (const Json& object : storage.list(target))
      if (is_selected(object, watch->selector)) watch->ready += frame("ADDED", object);
    watch->ready += watch->bookmark(watch->version, true);
  } else if (watch->version < storage.oldest()) {
    watch->ready = frame("ERROR", refusal(410, "Expired", "too old resource version").body);
    watch->end = Watch::End::kOrderly;
  }
  const auto& events = storage.events();
  while (watch->next_event < events.size() && events[watch->next_event].version <= watch->version) ++watch->next_event;
  watches.push_back(watch);
  response.set_chunked_content_provider(
      "application/json", [this, watch](std::size_t, httplib::DataSink& sink) { return feed(*watch, sink); },
      [this, watch](bool) {
        const std::lock_guard lock(mutex);
        std::erase(watches, watch);
      });
}

std::string FakeApiServer::Impl::pending(Watch& watch) {
  std::string bytes;
  bytes.swap(watch.ready);
  if (watch.end != Watch::End::kNot) return bytes;
  const auto& events = storage.events();
  for (; watch.next_event < events.size(); ++watch.next_event)
    if (watch.wants(events[watch.next_event])) bytes += watch.render(events[watch.next_event]);
  return bytes;
}

bool FakeApiServer::Impl::feed(Watch& watch, httplib::DataSink& sink) {
  std::unique_lock lock(mutex);
  const std::string bytes = pending(watch);
  if (bytes.empty() && watch.end == Watch::End::kNot && !stopping) {
    // Wakes up now and then to notice a client that is gone.
    changed.wait_for(lock, std::chrono::milliseconds(100));
    return sink.is_writable();
  }
  const Watch::End end = stopping ? Watch::End::kBroken : watch.end;
  lock.unlock();
  if (!bytes.empty() && !sink.write(bytes.data(), bytes.size())) return false;
  if (end == Watch::End::kOrderly) sink.done();
  return end != Watch::End::kBroken;
}

FakeApiServer::FakeApiServer() : impl_(std::make_unique<Impl>()) {
  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    impl_->serve(request, response);
  };
  httplib::Server& http = impl_->http;
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_keep_alive_max_count(100000);
  http.set_tcp_nodelay(true);
  http.Get(".*", handler);
  http.Post(".*", handler);
  http.Put(".*", handler);
  http.Patch(".*", handler);
  http.Delete(".*", handler);
  impl_->port = http.bind_to_any_port("127.0.0.1");
  impl_->thread = std::jthread([&http] { http.listen_after_bind(); });
  while (!http.is_running()) std::this_thread::yield();
}

FakeApiServer::~FakeApiServer() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  impl_->http.stop();
}

kube::Config FakeApiServer::config() const {
  kube::Config config;
  config.server = fmt::format("http://127.0.0.1:{}", impl_->port);
  return config;
}

Json FakeApiServer::get(const std::string& path) const {
  const std::lock_guard lock(impl_->mutex);
  const Answer answer = impl_->storage.get(impl_->target_of(path));
  return answer.status == 200 ? answer.body : Json();
}

Json FakeApiServer::put(const std::string& path, Json object) {
  const std::lock_guard lock(impl_->mutex);
  Target target = impl_->target_of(path);
  object["metadata"]["name"] = target.name;
  object["metadata"].erase("resourceVersion");
  object["metadata"].erase("uid");
  WriteOptions options;
  options.manager = "somebody-else";
  Answer answer = impl_->storage.create(target, object, options);
  if (answer.status == 409) answer = impl_->storage.update(target, object, options);
  if (object.contains("status")) {
    target.subresource = "status";
    answer = impl_->storage.update(target, object, options);
  }
  impl_->changed.notify_all();
  return answer.body;
}

void FakeApiServer::remove(const std::string& path) {
  const std::lock_guard lock(impl_->mutex);
  impl_->storage.remove(impl_->target_of(path), {});
  impl_->changed.notify_all();
}

void FakeApiServer::compact() {
  const std::lock_guard lock(impl_->mutex);
  impl_->storage.compact();
}

void FakeApiServer::send_bookmarks() {
  impl_->each_watch([&](Watch& watch) {
    // After what is still to be sent, or it would promise too much.
    watch.ready = impl_->pending(watch) + watch.bookmark(impl_->storage.version(), false);
  });
}

void FakeApiServer::close_watches() {
  impl_->each_watch([](Watch& watch) { watch.end = Watch::End::kOrderly; });
}

void FakeApiServer::cut_watches() {
  impl_->each_watch([](Watch& watch) { watch.end = Watch::End::kBroken; });
}

void FakeApiServer::send_raw(const std::string& line) {
  impl_->each_watch([&](Watch& watch) { watch.ready += line + "\n"; });
}

void FakeApiServer::refuse_watch_list() {
  const std::lock_guard lock(impl_->mutex);
  impl_->watch_list = false;
}

void FakeApiServer::require_token(const std::string& token) {
  const std::lock_guard lock(impl_->mutex);
  impl_->token = token;
}

void FakeApiServer::admit(std::function<void(Json& object)> webhook) {
  const std::lock_guard lock(impl_->mutex);
  impl_->webhook = std::move(webhook);
}

void FakeApiServer::inject(Fault fault) {
  const std::lock_guard lock(impl_->mutex);
  impl_->faults.push_back(std::move(fault));
}

void FakeApiServer::heal() {
  const std::lock_guard lock(impl_->mutex);
  impl_->faults.clear();
}

std::vector<Call> FakeApiServer::calls() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->calls;
}

int FakeApiServer::count(const std::string& method, const std::string& part) const {
  int count = 0;
  for (const Call& call : calls())
    if (call.method == method && call.target.find(part) != std::string::npos) ++count;
  return count;
}

int FakeApiServer::writes() const {
  int count = 0;
  for (const Call& call : calls())
    if (call.method != "GET") ++count;
  return count;
}

int FakeApiServer::open_watches() const {
  const std::lock_guard lock(impl_->mutex);
  return static_cast<int>(impl_->watches.size());
}

}  // namespace gyre::support

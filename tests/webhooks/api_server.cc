#include "tests/webhooks/api_server.h"

#include <httplib.h>

#include <thread>

namespace gyre::webhooks {

using nlohmann::json;

struct ApiServer::Impl {
  void store(const std::string& path, json object) {
    object["metadata"]["resourceVersion"] = std::to_string(++version);
    objects[path] = std::move(object);
  }

  static void refuse(httplib::Response& response, int status, const char* reason) {
    response.status = status;
    response.set_content(json{{"kind", "Status"}, {"reason", reason}, {"message", reason}}.dump(), "application/json");
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex);
    if (request.method != "GET") ++writes;
    json body = request.body.empty() ? json() : json::parse(request.body);
    std::string path = request.path;
    if (request.method == "POST") {
      path += "/" + body["metadata"]["name"].get<std::string>();
      if (objects.contains(path)) return refuse(response, 409, "AlreadyExists");
      store(path, body);
    } else if (!objects.contains(path)) {
      return refuse(response, 404, "NotFound");
    } else if (request.method != "GET") {
      const json version = body.value(json::json_pointer("/metadata/resourceVersion"), json());
      if (!version.is_null() && version != objects[path]["metadata"]["resourceVersion"])
        return refuse(response, 409, "Conflict");
      json next = objects[path];
      if (request.method == "PATCH")
        next.merge_patch(body);
      else
        next = body;
      store(path, next);
    }
    response.set_content(objects[path].dump(), "application/json");
  }

  mutable std::mutex mutex;
  std::map<std::string, json> objects;
  int version = 0;
  int writes = 0;
  httplib::Server http;
  int port = 0;
  std::jthread thread;
};

ApiServer::ApiServer() : impl_(std::make_unique<Impl>()) {
  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    impl_->answer(request, response);
  };
  impl_->http.Get(".*", handler);
  impl_->http.Post(".*", handler);
  impl_->http.Put(".*", handler);
  impl_->http.Patch(".*", handler);
  impl_->http.set_tcp_nodelay(true);
  impl_->port = impl_->http.bind_to_any_port("127.0.0.1");
  impl_->thread = std::jthread([this] { impl_->http.listen_after_bind(); });
  while (!impl_->http.is_running()) std::this_thread::yield();
}

ApiServer::~ApiServer() { impl_->http.stop(); }

kube::Config ApiServer::config() const {
  kube::Config out;
  out.server = "http://127.0.0.1:" + std::to_string(impl_->port);
  return out;
}

json ApiServer::get(const std::string& path) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->objects.find(path);
  return found == impl_->objects.end() ? json() : found->second;
}

void ApiServer::put(const std::string& path, json object) {
  const std::lock_guard lock(impl_->mutex);
  impl_->store(path, std::move(object));
}

int ApiServer::writes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->writes;
}

}  // namespace gyre::webhooks

#pragma once

// Agents, model servers and a collector on loopback, all with real sockets.

#include <httplib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "dataplane/agent/agent.h"
#include "dataplane/wire/sync.h"

namespace gyre::agent {

// A folder that is gone when the test is.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "gyre-agent-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline void write(const std::string& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

// Whether it came true; gives up only when nothing can be expected any more.
inline bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 1500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

// An HTTP server whose handlers a test sets before start().
class Server {
 public:
  ~Server() { stop(); }
  httplib::Server& http() { return http_; }
  void start() {
    http_.new_task_queue = [] { return new httplib::ThreadPool(16); };
    http_.set_keep_alive_max_count(1'000'000);
    http_.set_tcp_nodelay(true);
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    eventually([this] { return http_.is_running(); });
  }
  void stop() {
    http_.stop();
    if (thread_.joinable()) thread_.join();
  }
  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  httplib::Server http_;
  std::thread thread_;
  int port_ = 0;
};

// A v2 model server that answers each row with its first value.
class Model : public Server {
 public:
  Model() {
    http().Get("/v2/health/ready", [](const httplib::Request&, httplib::Response&) {});
    http().Post("/v2/models/m/infer", [this](const httplib::Request& request, httplib::Response& response) {
      ++requests;
      const auto body = nlohmann::json::parse(request.body);
      const std::size_t rows = body["inputs"][0]["shape"][0];
      const std::size_t width = body["inputs"][0]["shape"][1];
      nlohmann::json data = nlohmann::json::array();
      for (std::size_t i = 0; i < rows; ++i) data.push_back(body["inputs"][0]["data"][i * width]);
      const nlohmann::json output{{"name", "p"}, {"shape", {rows, 1}}, {"datatype", "FP64"}, {"data", data}};
      response.set_content(nlohmann::json{{"outputs", {output}}}.dump(), "application/json");
    });
    http().Post("/echo", [this](const httplib::Request& request, httplib::Response& response) {
      ++requests;
      response.set_content(request.body, "application/octet-stream");
    });
    http().Get("/fails", [](const httplib::Request&, httplib::Response& response) {
      response.status = 500;
      response.set_content("the model broke", "text/plain");
    });
  }
  std::atomic<int> requests{0};
};

inline std::string infer_body(const std::vector<std::vector<double>>& rows) {
  nlohmann::json data = nlohmann::json::array();
  for (const auto& row : rows)
    for (const double value : row) data.push_back(value);
  const nlohmann::json input{
      {"name", "predict"}, {"shape", {rows.size(), rows[0].size()}}, {"datatype", "FP64"}, {"data", data}};
  return nlohmann::json{{"inputs", {input}}}.dump();
}

// An agent of a revision, from start to drain.
class RunningAgent {
 public:
  RunningAgent(
      const std::string& revision, const std::string& upstream, const wire::Routes& routes,
      const std::function<void(Config&)>& adjust = [](Config&) {}) {
    write(folder / "routes.json", schema::to_json(routes).dump());
    Config config;
    config.service = "s";
    config.revision = revision;
    config.model = "m";
    config.model_version = "m-1";
    config.upstream = *parse_address(upstream);
    config.listen = config.metrics_listen = {"127.0.0.1", 0};
    config.routes_file = folder / "routes.json";
    config.baseline_file = folder / "baseline.json";
    config.buckets_folder = folder / "buckets";
    config.timeout = std::chrono::seconds(20);
    adjust(config);
    agent_ = *Agent::make(std::move(config), clock_);
    port = agent_->port();
    metrics_port = agent_->metrics_port();
    thread_ = std::thread([this] { agent_->run(); });
  }
  ~RunningAgent() { drain(); }

  void begin_drain() { agent_->stop(); }
  void drain() {
    if (!thread_.joinable()) return;
    agent_->stop();
    thread_.join();
  }
  // What /metrics says in the line that starts so; -1 when there is none.
  double metric(const std::string& line) const {
    httplib::Client client("127.0.0.1", metrics_port);
    const auto page = client.Get("/metrics");
    if (!page) return -1;
    const std::size_t at = page->body.find("\n" + line);
    return at == std::string::npos ? -1 : std::stod(page->body.substr(page->body.find("} ", at) + 2));
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port); }

  Folder folder;
  int port = 0;
  int metrics_port = 0;

 private:
  SystemClock clock_;
  std::unique_ptr<Agent> agent_;
  std::thread thread_;
};

inline wire::Routes only(const std::string& stable) {
  wire::Routes routes;
  routes.generation = 1;
  routes.stable = {stable, "127.0.0.1:9"};
  return routes;
}

inline wire::Routes split(const std::string& stable, const std::string& canary, const std::string& host,
                          std::int32_t weight) {
  wire::Routes routes = only(stable);
  routes.canary = wire::RouteTarget{canary, host};
  routes.weight = weight;
  return routes;
}

}  // namespace gyre::agent

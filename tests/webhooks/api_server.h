#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "operator/kube/kubeconfig.h"

namespace gyre::webhooks {

// As much of an API server as certificates need: get, create, update and merge patch, by path, with versions.
class ApiServer {
 public:
  ApiServer();
  ~ApiServer();

  kube::Config config() const;
  // null when absent.
  nlohmann::json get(const std::string& path) const;
  void put(const std::string& path, nlohmann::json object);
  // Requests that were not reads.
  int writes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::webhooks

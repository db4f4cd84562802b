#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace gyre::support {

// An HTTP status and the answer's body.
struct Answer {
  int status = 200;
  nlohmann::json body;
};

// A metav1.Status.
Answer refusal(int code, const std::string& reason, const std::string& message);

// What a path names: "/apis/batch/v1/namespaces/a/jobs/x/status".
struct Target {
  std::string api_version;  // "batch/v1"
  std::string group;
  std::string resource;  // "batch/jobs": one for all versions and namespaces
  std::string namespace_;
  std::string name;
  std::string subresource;
};
std::optional<Target> parse_target(const std::string& path);

// Who writes, and what must hold.
struct WriteOptions {
  std::string manager = "unknown";
  std::string uid;
  std::string resource_version;
};

// One change of one object. `before` is null for a new one, `after` for a deleted one.
struct StoredEvent {
  std::uint64_t version = 0;
  std::string resource;
  nlohmann::json before, after;
};

// The store behind the fake API server: objects, one version counter, and what happened. Not thread-safe.
class ObjectStorage {
 public:
  Answer get(const Target& target) const;
  Answer create(const Target& target, nlohmann::json object, const WriteOptions& options);
  Answer update(const Target& target, const nlohmann::json& object, const WriteOptions& options);
  Answer merge_patch(const Target& target, const nlohmann::json& patch, const WriteOptions& options);
  Answer apply(const Target& target, const nlohmann::json& object, const WriteOptions& options);
  Answer remove(const Target& target, const WriteOptions& options);

  // Of a resource and namespace ("" for all), by name.
  std::vector<nlohmann::json> list(const Target& target) const;
  const std::vector<StoredEvent>& events() const { return events_; }
  std::uint64_t version() const { return version_; }
  // Versions before this one are no longer known.
  std::uint64_t oldest() const { return oldest_; }
  void compact() { oldest_ = version_; }

 private:
  using Objects = std::map<std::pair<std::string, std::string>, nlohmann::json>;

  const nlohmann::json* find(const Target& target) const;
  Answer replace(const Target& target, const nlohmann::json& before, nlohmann::json after);
  void finish_new(const Target& target, nlohmann::json& object);

  std::map<std::string, Objects> resources_;
  std::vector<StoredEvent> events_;
  std::uint64_t version_ = 100;
  std::uint64_t oldest_ = 0;
  std::uint64_t uids_ = 0;
};

}  // namespace gyre::support

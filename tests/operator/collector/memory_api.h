#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "operator/runtime/api.h"

namespace gyre::collector {

// Objects and tokens in memory, with the preconditions of an API server. Thread-safe.
class MemoryApi final : public runtime::Api {
 public:
  using Json = nlohmann::json;

  // What befalls the next write.
  enum class Fault { kNone, kLostAnswer, kRefused, kUnavailable };

  void fail_next_write(Fault fault) { next_ = fault; }
  // The same with what an API server says, also of TokenReviews.
  void fail_next_write(Error error) {
    const std::lock_guard lock(mutex_);
    next_write_ = std::move(error);
  }
  void fail_next_read(Error error) {
    const std::lock_guard lock(mutex_);
    next_read_ = std::move(error);
  }
  int writes() const { return writes_; }
  int reviews() const { return reviews_; }

  void put(const Kind& kind, Json object) {
    const std::lock_guard lock(mutex_);
    object["metadata"]["resourceVersion"] = std::to_string(++version_);
    const std::string name = id(kind, key_in(object));
    objects_[name] = std::move(object);
  }
  Json* find(const Kind& kind, const Key& key) {
    const auto found = objects_.find(id(kind, key));
    return found == objects_.end() ? nullptr : &found->second;
  }
  std::vector<Json> all(const Kind& kind) const {
    std::vector<Json> out;
    for (const auto& [name, object] : objects_)
      if (name.starts_with(std::string(kind.kind) + " ")) out.push_back(object);
    return out;
  }
  // A token and the status that a TokenReview of it gets.
  void accept(const std::string& token, Json status) { tokens_[token] = std::move(status); }

  Result<Json> get(const Kind& kind, const Key& key) override {
    const std::lock_guard lock(mutex_);
    if (auto error = std::exchange(next_read_, std::nullopt)) return fail(*std::move(error));
    const Json* found = find(kind, key);
    if (found == nullptr) return fail(Code::kNotFound, "NotFound", fmt::format("{} {}", kind.kind, key.text()));
    return *found;
  }

  Result<kube::RawObject> create(const Kind& kind, const Json& object, std::string_view) override {
    const std::lock_guard lock(mutex_);
    if (auto error = std::exchange(next_write_, std::nullopt)) return fail(*std::move(error));
    if (kind.kind == "TokenReview") return review(object);
    if (find(kind, key_in(object)) != nullptr) return fail(Code::kAlreadyExists, "AlreadyExists", "exists");
    return write(kind, object, [&](Json stored) {
      stored["metadata"]["uid"] = fmt::format("uid-{}", version_);
      return stored;
    });
  }

  Result<kube::RawObject> patch(const Kind& kind, const Key& key, const Json& patch, std::string_view) override {
    const std::lock_guard lock(mutex_);
    if (auto error = std::exchange(next_write_, std::nullopt)) return fail(*std::move(error));
    const Json* found = find(kind, key);
    if (found == nullptr) return fail(Code::kNotFound, "NotFound", key.text());
    for (const char* precondition : {"uid", "resourceVersion"})
      if (patch["metadata"].contains(precondition) &&
          patch["metadata"][precondition] != (*found)["metadata"][precondition])
        return fail(Code::kConflict, "Conflict", precondition);
    return write(kind, *found, [&](Json stored) {
      stored.merge_patch(patch);
      return stored;
    });
  }

  Result<kube::RawObject> apply(const Kind&, const Json&, std::string_view) override { return unused(); }
  Result<kube::RawObject> patch_status(const Kind&, const Key&, const runtime::Precondition&, const Json&,
                                       std::string_view) override {
    return unused();
  }
  Result<std::optional<kube::RawObject>> delete_(const Kind&, const Key&, const runtime::Precondition&,
                                                 Propagation) override {
    return fail(Code::kInternal, "Unused", "the collector deletes nothing");
  }
  Result<std::string> pod_log(const Key&, std::string_view, int, int) override { return fail(unused().error()); }

 private:
  static std::string id(const Kind& kind, const Key& key) { return fmt::format("{} {}", kind.kind, key.text()); }
  static Key key_in(const Json& object) {
    return {object["metadata"].value("namespace", ""), object["metadata"].value("name", "")};
  }
  static Result<kube::RawObject> unused() { return fail(Code::kInternal, "Unused", "the collector does not do this"); }

  Result<kube::RawObject> review(Json object) {
    ++reviews_;
    const auto found = tokens_.find(object["spec"]["token"].get<std::string>());
    object["status"] = found == tokens_.end() ? Json{{"authenticated", false}} : found->second;
    return kube::parse_object(object.dump());
  }

  Result<kube::RawObject> write(const Kind& kind, const Json& before, const std::function<Json(Json)>& change) {
    const Fault fault = std::exchange(next_, Fault::kNone);
    if (fault == Fault::kUnavailable) return fail(Code::kUnavailable, "Unavailable", "no API server");
    if (fault == Fault::kRefused) return fail(Code::kInvalid, "Invalid", "too large");
    ++writes_;
    ++version_;
    Json stored = change(before);
    stored["metadata"]["resourceVersion"] = std::to_string(version_);
    objects_[id(kind, key_in(stored))] = stored;
    if (fault == Fault::kLostAnswer) return fail(Code::kTimeout, "Timeout", "no answer");
    return kube::parse_object(stored.dump());
  }

  std::mutex mutex_;
  Fault next_ = Fault::kNone;
  std::optional<Error> next_write_, next_read_;
  int writes_ = 0;
  int reviews_ = 0;
  int version_ = 0;
  std::map<std::string, Json> objects_;
  std::map<std::string, Json> tokens_;
};

}  // namespace gyre::collector

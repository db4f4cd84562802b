#pragma once

#include <functional>
#include <string>

#include "operator/collector/agent_fleet.h"
#include "operator/collector/authenticator.h"
#include "operator/collector/baselines.h"
#include "operator/collector/intake.h"

namespace gyre::collector {

// A request and an answer, as far as HTTP matters.
struct Call {
  std::string path;
  std::string authorization;  // The header.
  std::string body;
};
struct Answer {
  int status = 200;
  std::string body;      // JSON
  std::string location;  // Of a 307.
  bool operator==(const Answer&) const = default;
};

// {"reason", "message"} and, where one is to blame, "field".
Answer error_answer(const Error& error);

// Where the leader is, and whether it is us.
struct Leadership {
  std::function<bool()> is_ours;
  std::function<std::string()> address;  // "10.0.0.7:9444"; empty when nobody leads.
};
// Whether a pod may speak for an InferenceService of its namespace.
using Speaks = std::function<bool(const Identity& pod, const std::string& service)>;

// What the collector answers to what. Any thread.
class Endpoints {
 public:
  Endpoints(Authenticator& authenticator, AgentFleet& fleet, Intake& intake, Baselines& baselines, const Clock& clock,
            Leadership leadership, Speaks speaks)
      : authenticator_(authenticator),
        fleet_(fleet),
        intake_(intake),
        baselines_(baselines),
        clock_(clock),
        leadership_(std::move(leadership)),
        speaks_(std::move(speaks)) {}

  Answer sync(const Call& call);
  Answer buckets(const Call& call);
  Answer put_baseline(const Call& call);
  Answer get_baseline(const Call& call);

 private:
  std::optional<Answer> elsewhere(const Call& call) const;
  Result<Identity> identify(const Call& call, const std::string& service);

  Authenticator& authenticator_;
  AgentFleet& fleet_;
  Intake& intake_;
  Baselines& baselines_;
  const Clock& clock_;
  const Leadership leadership_;
  const Speaks speaks_;
};

}  // namespace gyre::collector

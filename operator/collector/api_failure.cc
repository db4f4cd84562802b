#include "operator/collector/api_failure.h"

namespace gyre::collector {
namespace {

constexpr char kUnavailable[] = "ApiServerUnavailable";
constexpr char kConflict[] = "Conflict";
constexpr char kNotLeading[] = "NotLeading";

struct Blame {
  const char* reason;
  const char* words;  // Before the API server's own: callers quote only the start of what they are told.
};

Blame blame_for(Code code) {
  switch (code) {
    case Code::kUnauthorized:
      return {"OperatorUnauthorized",
              "the API server does not accept gyre-operator's own credentials, which are not the caller's; look at the "
              "operator's service account token or kubeconfig: "};
    case Code::kForbidden:
      return {"OperatorForbidden",
              "the API server forbids this to gyre-operator, not to the caller; look at the operator's role, or at the "
              "quota if it names one: "};
    case Code::kInvalid:
      return {"OperatorRefused",
              "the API server refuses what gyre-operator sent, not the caller; look for a policy that denies it: "};
    case Code::kConflict:
      return {kConflict, ""};
    case Code::kCancelled:
      return {kNotLeading, "this replica stops leading; try again: "};
    default:
      return {kUnavailable, "gyre-operator got no good answer from the API server; try again: "};
  }
}

}  // namespace

std::unexpected<Error> fail_for_now(const Error& said_to_us) {
  const Blame blame = blame_for(said_to_us.code);
  return fail({Code::kUnavailable, blame.reason, blame.words + said_to_us.message, said_to_us.retry_after_seconds});
}

bool may_pass(const Error& failure) {
  return failure.reason == kUnavailable || failure.reason == kConflict || failure.reason == kNotLeading;
}

}  // namespace gyre::collector

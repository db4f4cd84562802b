// JSON as objects of the kind it names, or, without one, as each message between our programs.

#include "crds/builtin/config_map.h"
#include "crds/builtin/deployment.h"
#include "crds/builtin/job.h"
#include "crds/builtin/lease.h"
#include "crds/builtin/pod.h"
#include "crds/builtin/service.h"
#include "crds/schema/codec.h"
#include "crds/schema/traits.h"
#include "crds/schema/validate.h"
#include "crds/v1alpha1/kinds.h"
#include "dataplane/wire/baseline.h"
#include "dataplane/wire/bucket.h"
#include "dataplane/wire/sync.h"
#include "dataplane/wire/worker.h"
#include "operator/base/json_text.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

using nlohmann::json;

// Kinds that come from watches, whose text a second parser reads.
template <class T>
constexpr bool is_watched = schema::TopLevel<T> && !std::is_same_v<T, Lease>;

// As the second parser leaves it.
template <class T>
void clear_set_only(T& object) {
  schema::for_each_field<T>([&](const auto& field) {
    auto& member = object.*(field.member);
    using Member = std::remove_reference_t<decltype(member)>;
    if constexpr (schema::Described<Member>) clear_set_only(member);
    if constexpr (std::is_same_v<Member, Raw>)
      if (field.constraints.set_only) member = nullptr;
  });
}

// What we write is what we read: from then on nothing changes any more.
template <class T>
std::optional<T> check_type(const json& document) {
  const Result<T> read = schema::from_json<T>(document);
  if (!read) {
    fuzz::check_error(read.error());
    return std::nullopt;
  }
  if constexpr (is_watched<T>) {
    const Result<T> fast = schema::from_text<T>(document.dump());
    T expected = *read;
    clear_set_only(expected);
    CHECK(fast && *fast == expected);
  }
  const json written = schema::to_json(*read);
  const Result<T> again = schema::from_json<T>(json::parse(written.dump()));
  CHECK(again);
  CHECK(schema::to_json(*again) == written);
  return *read;
}

template <class T>
void check_own_kind(const json& document) {
  const std::optional<T> object = check_type<T>(document);
  if (!object) return;
  for (const schema::FieldError& error : schema::validate(*object)) CHECK(!error.message.empty());
  CHECK(schema::validate_update(*object, *object).empty());
}

void check_kind(const json& document, const std::string& kind) {
  for_each_kind([&]<class T>(Type<T>) {
    if (kind == kind_of(Type<T>{}).kind) check_own_kind<T>(document);
  });
  const auto check_built_in = [&]<class T>(Type<T>) {
    if (kind == kind_of(Type<T>{}).kind) check_type<T>(document);
  };
  const auto check_each = [&](auto... types) { (check_built_in(types), ...); };
  check_each(Type<Pod>{}, Type<Job>{}, Type<Service>{}, Type<ConfigMap>{}, Type<Deployment>{},
             Type<ControllerRevision>{}, Type<Lease>{});
}

void check_messages(const json& document) {
  const auto check_each = [&]<class... T>(Type<T>...) { (check_type<T>(document), ...); };
  check_each(Type<wire::Baseline>{}, Type<wire::Routes>{}, Type<wire::SyncRequest>{}, Type<wire::SyncResponse>{},
             Type<wire::Bucket>{}, Type<wire::BucketsRequest>{}, Type<wire::BucketsResponse>{},
             Type<wire::WindowCounts>{}, Type<wire::Manifest>{}, Type<wire::PublishMessage>{},
             Type<wire::FetchMessage>{}, Type<wire::SnapshotMessage>{}, Type<wire::EvaluateMessage>{});
}

}  // namespace
}  // namespace gyre

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gyre;
  const std::string_view text = fuzz::text_of(data, size);
  // Deeper nesting is refused where bytes come in (json_text.h).
  if (is_nested_deeper(text, kDeepestJson)) return 0;
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return 0;
  if (document.is_object() && document.contains("kind") && document["kind"].is_string())
    check_kind(document, document["kind"]);
  else
    check_messages(document);
  return 0;
}

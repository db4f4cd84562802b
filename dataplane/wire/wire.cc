#include "crds/schema/codec_impl.h"
#include "dataplane/wire/baseline.h"
#include "dataplane/wire/bucket.h"
#include "dataplane/wire/sync.h"
#include "dataplane/wire/worker.h"

namespace gyre::schema {

template nlohmann::json to_json(const wire::Baseline&);
template Result<wire::Baseline> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::Routes&);
template Result<wire::Routes> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::SyncRequest&);
template Result<wire::SyncRequest> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::SyncResponse&);
template Result<wire::SyncResponse> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::Bucket&);
template Result<wire::Bucket> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::BucketsRequest&);
template Result<wire::BucketsRequest> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::BucketsResponse&);
template Result<wire::BucketsResponse> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::WindowCounts&);
template Result<wire::WindowCounts> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::Manifest&);
template Result<wire::Manifest> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::PublishMessage&);
template Result<wire::PublishMessage> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::FetchMessage&);
template Result<wire::FetchMessage> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::SnapshotMessage&);
template Result<wire::SnapshotMessage> from_json(const nlohmann::json&);
template nlohmann::json to_json(const wire::EvaluateMessage&);
template Result<wire::EvaluateMessage> from_json(const nlohmann::json&);

}  // namespace gyre::schema

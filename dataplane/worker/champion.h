#pragma once

#include "dataplane/protocol/protocol.h"
#include "dataplane/worker/csv.h"

namespace gyre::worker {

struct ChampionService {
  std::string address;  // http://name.namespace.svc:80
  std::string model;
  protocol::Mapping mapping;
};

// Its prediction for each row of `features`, as text, in order: pinned to stable and not profiled. kUnavailable or
// kTimeout when it cannot be asked, or does not answer all rows.
Result<std::vector<std::string>> ask_champion(const ChampionService& service, const Table& features);

}  // namespace gyre::worker

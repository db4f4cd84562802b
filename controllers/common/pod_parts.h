#pragma once

// Parts of pods that more than one kind renders for our own programs.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace gyre {

// The numeric user of our images.
inline constexpr int kWorkerUser = 65532;

// The claim of pvc://claim/path, which admission has checked.
std::string claim_of(const std::string& uri);
// Where our containers mount it.
std::string claim_mount(const std::string& claim);

// A container of the worker's image that runs gyre-worker, with its requests and limits; neither mounts nor security.
nlohmann::json make_worker(const std::string& name, const std::string& image,
                           const std::vector<std::string>& arguments);

// A container's securityContext that any pod may carry: no privileges to gain, read-only root, no capabilities.
nlohmann::json restricted_container();
// The same for a container in a pod of the user's, whose own securityContext may say anything.
nlohmann::json restricted_container_of_user_pod();

// A pod of one worker container that runs once.
nlohmann::json make_worker_pod(nlohmann::json container, nlohmann::json volumes);

// A volume with our token for the collector (file "token").
nlohmann::json make_token_volume(const std::string& name);
// A volume with the operator's CA (file "ca.crt").
nlohmann::json make_ca_volume(const std::string& name);

}  // namespace gyre

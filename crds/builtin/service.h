#pragma once

#include "crds/builtin/common.h"

namespace gyre {

struct ServicePort {
  std::string name;
  std::int32_t port = 0;
  Raw target_port;  // a number or a port's name
  bool operator==(const ServicePort&) const = default;
};

constexpr auto describe(Type<ServicePort>) {
  using namespace schema;
  using S = ServicePort;
  return object("A port.", field("name", &S::name, ""), field("port", &S::port, ""),
                field("targetPort", &S::target_port, ""));
}

struct ServiceSpec {
  std::string cluster_ip;  // "None" makes it headless; else the server chooses.
  std::map<std::string, std::string> selector;
  std::vector<ServicePort> ports;
  std::optional<bool> publish_not_ready_addresses;
  bool operator==(const ServiceSpec&) const = default;
};

constexpr auto describe(Type<ServiceSpec>) {
  using namespace schema;
  using S = ServiceSpec;
  return object("What a Service reaches.", field("clusterIP", &S::cluster_ip, ""), field("selector", &S::selector, ""),
                field("ports", &S::ports, ""), field("publishNotReadyAddresses", &S::publish_not_ready_addresses, ""));
}

struct Service {
  ObjectMeta metadata;
  ServiceSpec spec;
  bool operator==(const Service&) const = default;
};

constexpr auto describe(Type<Service>) {
  using namespace schema;
  return object("A Service.", field("metadata", &Service::metadata, ""), field("spec", &Service::spec, ""));
}

constexpr Kind kind_of(Type<Service>) { return {"", "v1", "Service", "services"}; }

}  // namespace gyre

#pragma once

#include <string>
#include <vector>

#include "crds/meta/kind.h"

namespace gyre::schema {

// A column of `kubectl get`.
struct PrinterColumn {
  std::string name;
  std::string type;  // string, integer, number, boolean or date
  std::string json_path;
  int priority = 0;  // 0 is always shown, 1 with -o wide.
};

// What a CustomResourceDefinition says beside its schema.
struct CrdInfo {
  std::string short_name;
  std::vector<PrinterColumn> columns;
};

}  // namespace gyre::schema

#pragma once

#include <string>
#include <vector>

namespace gyre {

// What objects of a kind are looked up by. An object may have several values, and is found by each.
template <class T>
struct Field {
  const char* name;
  std::vector<std::string> (*values)(const T&);
};

}  // namespace gyre

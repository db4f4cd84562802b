#pragma once

#include <gtest/gtest.h>

#include "dataplane/worker/files.h"

namespace gyre::worker {

// Each test has an empty folder of its own, removed afterwards.
class FolderTest : public testing::Test {
 protected:
  FolderTest() {
    std::string name = (fs::temp_directory_path() / "gyre-worker-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~FolderTest() override { fs::remove_all(root_); }

  fs::path write(const fs::path& path, const std::string& text) const {
    EXPECT_TRUE(write_file(root_ / path, text));
    return root_ / path;
  }
  std::string read(const fs::path& path) const { return read_file(root_ / path).value_or("(unreadable)"); }
  bool exists(const fs::path& path) const { return fs::exists(root_ / path); }

  // What a training leaves.
  fs::path write_output() const {
    write("out/model/model.joblib", "weights");
    write("out/metrics.json", R"({"accuracy": {"value": 0.75, "n": 4}, "loss": NaN})");
    write("out/predictions.csv", "id,label,prediction\na,1,1\nb,0,0\nc,1,1\nd,0,1\n");
    write("out/evaluation.csv", "id,x,label\na,1,1\nb,2,0\nc,3,1\nd,4,0\n");
    write("out/baseline.csv", "x,prediction\n1,1\n2,0\n3,1\n");
    return root_ / "out";
  }

  fs::path root_;
};

}  // namespace gyre::worker

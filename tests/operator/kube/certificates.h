#pragma once

#include <string>

#include "operator/kube/subprocess.h"
#include "tests/support/environment.h"

namespace gyre::kube {

// A certificate that is its own CA, fit for a server of `dns_name` and for a client. Files <name>.crt and <name>.key.
struct TestCertificate {
  TestCertificate(const support::Folder& folder, const std::string& name, const std::string& dns_name)
      : cert_file(folder.path() + "/" + name + ".crt"), key_file(folder.path() + "/" + name + ".key") {
    Program openssl;
    openssl.command = "openssl";
    openssl.args = {"req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    "1",
                    "-subj",
                    "/CN=" + dns_name,
                    "-addext",
                    "subjectAltName=DNS:" + dns_name,
                    "-out",
                    cert_file,
                    "-keyout",
                    key_file};
    const auto ended = run_program(openssl);
    made = ended && ended->exit_code == 0;
    cert_pem = folder.read(name + ".crt");
    key_pem = folder.read(name + ".key");
  }

  std::string cert_file, key_file, cert_pem, key_pem;
  bool made = false;
};

}  // namespace gyre::kube

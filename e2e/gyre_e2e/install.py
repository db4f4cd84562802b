"""Installs Gyre's chart as a user would, and waits until it serves."""

import os
import subprocess

from .cluster import ROOT, kubectl

NAMESPACE = "gyre-system"


def install() -> None:
    prefix = os.environ.get("GYRE_IMAGE_PREFIX", "docker.io/gyre")
    kubectl("apply", "--server-side", "-f", "-", stdin=_namespace())
    subprocess.run(
        ["helm", "upgrade", "--install", "gyre", str(ROOT / "charts" / "gyre"), "--namespace", NAMESPACE,
         "--set", f"image.repository={prefix}/operator,dataplaneImage.repository={prefix}/dataplane,image.tag=dev",
         "--set", f"runtimes.mlserver.image={prefix}/mlserver:dev"],
        check=True, capture_output=True, text=True)
    # The tag stays the same from build to build, so the pods must be told.
    kubectl("-n", NAMESPACE, "rollout", "restart", "deployment/gyre-operator")
    kubectl("-n", NAMESPACE, "rollout", "status", "deployment/gyre-operator", "--timeout=180s")


def _namespace() -> str:
    return f"""
apiVersion: v1
kind: Namespace
metadata:
  name: {NAMESPACE}
  labels:
    pod-security.kubernetes.io/enforce: restricted
"""

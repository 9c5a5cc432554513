/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-manifest-request.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MeshManifestRequest request = { NULL, NULL, NULL };

  if (mesh_manifest_request_decode (data, size, &request, NULL))
    mesh_manifest_request_clear (&request);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-fault-private.h"

static MeshUpdateFaultHook fault_hook; /* (nullable) */

void
mesh_update_fault_set_hook (MeshUpdateFaultHook hook)
{
  fault_hook = hook;
}

void
mesh_update_fault_reach (const char *point)
{
  if (fault_hook != NULL)
    fault_hook (point);
}

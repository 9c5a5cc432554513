/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Points where a test ends the process: before and after each journal commit and between
 * the steps on disk. Without a hook a point is one test of a pointer. */

typedef void (*MeshUpdateFaultHook) (const char *point);

/* Set once, before the first engine is opened; called from any thread. */
void mesh_update_fault_set_hook (MeshUpdateFaultHook hook);
void mesh_update_fault_reach (const char *point);

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/**
 * shoald_bus_mesh_connect:
 * @skeleton: the manager
 *
 * Serves the methods of the manager that ask the mesh: Search, StartSearch,
 * FindProviders, GetMeshStatus, AddBootstrap, RemoveBootstrap, GetSplitView and
 * DismissSplitView.
 */
void
shoald_bus_mesh_connect (const ShoaldBusContext *context, ShoalDBusManager *skeleton);

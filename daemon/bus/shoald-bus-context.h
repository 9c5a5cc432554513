/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "shoal-dbus.h"

#include "discover/shoald-catalog.h"
#include "engine/shoald-engine.h"

/* What every interface needs; a value that outlives them all. */
typedef struct
{
  ShoaldEngine *engine;              /* (unowned) */
  ShoaldCatalog *catalog;            /* (unowned) */
  GDBusObjectManagerServer *server;  /* (unowned) */
  void (*quit) (gpointer user_data); /* stops the daemon, later */
  gpointer quit_data;                /* (unowned) */
} ShoaldBusContext;

/**
 * shoald_bus_context_export:
 * @path: (transfer full): where
 * @interface: what
 */
void shoald_bus_context_export (const ShoaldBusContext *context,
                                char *path,
                                GDBusInterfaceSkeleton *interface);

/**
 * shoald_bus_context_unexport:
 *
 * Sends what @interface still has to say, then takes it away.
 */
void shoald_bus_context_unexport (const ShoaldBusContext *context,
                                  GDBusInterfaceSkeleton *interface);

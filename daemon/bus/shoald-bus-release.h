/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/**
 * shoald_bus_release_connect:
 * @skeleton: the manager
 *
 * Serves the methods of the manager that are about releases: Publish, Inspect, Install,
 * Check and the publisher keys.
 */
void
shoald_bus_release_connect (const ShoaldBusContext *context, ShoalDBusManager *skeleton);

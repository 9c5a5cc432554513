/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/**
 * shoald_bus_content_connect:
 * @skeleton: the manager
 *
 * Serves the methods of the manager that are about content: Add, Get, Cat, pins, sharing,
 * garbage, archives.
 */
void
shoald_bus_content_connect (const ShoaldBusContext *context, ShoalDBusManager *skeleton);

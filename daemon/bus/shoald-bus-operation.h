/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/* org.shoal.Shoal1.Operation. */
typedef struct ShoaldBusOperation ShoaldBusOperation;

/**
 * shoald_bus_operation_new:
 *
 * Exports @job.
 */
ShoaldBusOperation *shoald_bus_operation_new (const ShoaldBusContext *context,
                                              ShoaldJob *job) G_GNUC_WARN_UNUSED_RESULT;

/* Takes it from the bus. */
void shoald_bus_operation_free (ShoaldBusOperation *self);

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/* One job on the bus: org.shoal.Shoal1.Transfer or org.shoal.Shoal1.Operation, by its
 * type. They differ in one property. */
typedef struct ShoaldBusJob ShoaldBusJob;

ShoaldBusJob *shoald_bus_job_new (const ShoaldBusContext *context,
                                  ShoaldJob *job) G_GNUC_WARN_UNUSED_RESULT;
void shoald_bus_job_free (ShoaldBusJob *self);

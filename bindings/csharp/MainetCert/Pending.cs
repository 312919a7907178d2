// SPDX-License-Identifier: BSD-3-Clause
namespace MainetCert;

public sealed partial class Pending
{
    /// <summary>Import it: the service is not asked again.</summary>
    /// <param name="request">its callbacks and proxy count</param>
    /// <param name="cancellationToken">ends the call</param>
    /// <returns>the identity</returns>
    /// <exception cref="TokenLockedException">until the token is unlocked</exception>
    /// <exception cref="PendingNotFoundException">if it was imported or discarded meanwhile</exception>
    public Identity Resume(Request request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Call(() => ResumeCore(request), cancellationToken);
    }
}
